package io.shardshift.controller.resources;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who a bearer token belongs to. Keeps digests only, and compares them in a time that does not depend on where they
 * differ. Immutable.
 */
final class Tokens {
    /** Shorter ones can be guessed over the network; 16 characters of hexadecimal are 64 bits. */
    private static final int SAFE_LENGTH = 16;

    private final byte @Nullable [] operator;
    private final byte @Nullable [] viewer;
    private final boolean openToAll;
    private final List<String> warnings;

    private Tokens(byte @Nullable [] operator, byte @Nullable [] viewer, boolean openToAll, List<String> warnings) {
        this.operator = operator;
        this.viewer = viewer;
        this.openToAll = openToAll;
        this.warnings = List.copyOf(warnings);
    }

    /**
     * The configured tokens; blank is none.
     *
     * @param insecure takes everybody for the operator when no token is configured
     * @throws StartRefused when no token is configured, unless {@code insecure}
     */
    static Tokens of(@Nullable String operator, @Nullable String viewer, boolean insecure) {
        String operatorToken = present(operator);
        String viewerToken = present(viewer);
        if (operatorToken == null && viewerToken == null) {
            if (!insecure) {
                throw new StartRefused("No token is configured: anybody could move data. Set SHARDSHIFT_OPERATOR_TOKEN "
                        + "(operatorToken in the file), or SHARDSHIFT_INSECURE_NO_AUTH=true on a machine of your own.");
            }
            return new Tokens(null, null, true, List.of());
        }
        List<String> warnings = new ArrayList<>();
        addIfShort(warnings, "operator", operatorToken);
        addIfShort(warnings, "viewer", viewerToken);
        if (operatorToken != null && operatorToken.equals(viewerToken)) {
            warnings.add(
                    "The viewer's token is the operator's too: whoever has it is the operator. Give each its own.");
        }
        return new Tokens(
                operatorToken == null ? null : digest(operatorToken),
                viewerToken == null ? null : digest(viewerToken),
                false,
                warnings);
    }

    /** What is unsafe about them, for the log; without any token's text. */
    List<String> warnings() {
        return warnings;
    }

    /** Whether everybody is taken for the operator. */
    boolean isOpenToAll() {
        return openToAll;
    }

    /** Whether anybody can command this controller. */
    boolean haveAnOperator() {
        return openToAll || operator != null;
    }

    /** The role of the sender of an {@code Authorization} header; empty when it is not known. */
    Optional<Caller> caller(@Nullable String authorization) {
        if (openToAll) {
            return Optional.of(Caller.OPERATOR);
        }
        String scheme = "Bearer ";
        if (authorization == null || !authorization.regionMatches(true, 0, scheme, 0, scheme.length())) {
            return Optional.empty();
        }
        byte[] given = digest(authorization.substring(scheme.length()).trim());
        boolean isOperator = operator != null && MessageDigest.isEqual(operator, given);
        boolean isViewer = viewer != null && MessageDigest.isEqual(viewer, given);
        if (isOperator) {
            return Optional.of(Caller.OPERATOR);
        }
        return isViewer ? Optional.of(Caller.VIEWER) : Optional.empty();
    }

    /** The token without the line end that a mounted secret may have; null when there is none. */
    private static @Nullable String present(@Nullable String configured) {
        return configured == null || configured.isBlank() ? null : configured.strip();
    }

    private static void addIfShort(List<String> warnings, String role, @Nullable String token) {
        if (token != null && token.length() < SAFE_LENGTH) {
            warnings.add("The " + role + "'s token is short, so it can be guessed: take " + SAFE_LENGTH
                    + " characters or more, such as `openssl rand -hex 32` gives.");
        }
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each Java platform has SHA-256", e);
        }
    }
}
