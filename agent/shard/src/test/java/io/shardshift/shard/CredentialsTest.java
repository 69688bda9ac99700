package io.shardshift.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("SHARDSHIFT_SHOP_0_USER", "env-user", "SHARDSHIFT_SHOP_0_PASSWORD", "env-secret");

    @TempDir
    Path directory;

    private Credentials mounted(String name) throws IOException {
        Path folder = Files.createDirectory(directory.resolve(name));
        Files.writeString(folder.resolve("user"), "file-user\n");
        Files.writeString(folder.resolve("password"), "secret with a space \n");
        return new Credentials(Map.of(
                "SHARDSHIFT_CREDENTIALS_DIR",
                directory.toString(),
                "SHARDSHIFT_SHOP_0_USER",
                "env-user",
                "SHARDSHIFT_SHOP_0_PASSWORD",
                "env-secret"));
    }

    @Test
    void aMountedSecretComesBeforeTheEnvironment() throws Exception {
        assertThat(mounted("shop-0").find("shop-0"))
                .isEqualTo(new Credentials.Secret("file-user", "secret with a space "));
    }

    @Test
    void theEnvironmentServesWhereNothingIsMounted() throws Exception {
        assertThat(mounted("other").find("shop-0")).isEqualTo(new Credentials.Secret("env-user", "env-secret"));
        assertThat(new Credentials(ENVIRONMENT).find("shop-0"))
                .isEqualTo(new Credentials.Secret("env-user", "env-secret"));
    }

    @Test
    void aMissingSecretNamesBothPlaces() {
        assertThatThrownBy(() -> new Credentials(ENVIRONMENT).find("shop-1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("SHARDSHIFT_CREDENTIALS_DIR/shop-1/user")
                .hasMessageContaining("SHARDSHIFT_SHOP_1_PASSWORD");
    }

    @Test
    void aNameLeadsNowhereOutsideTheDirectory() throws Exception {
        Files.writeString(directory.resolve("user"), "outside");
        Files.writeString(directory.resolve("password"), "outside");
        Path inner = Files.createDirectory(directory.resolve("inner"));
        Credentials credentials = new Credentials(Map.of("SHARDSHIFT_CREDENTIALS_DIR", inner.toString()));
        assertThatThrownBy(() -> credentials.find("..")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void noTextShowsASecret() {
        assertThat(new Credentials(ENVIRONMENT).find("shop-0").toString()).doesNotContain("env");
        assertThat(new Credentials(ENVIRONMENT).toString()).doesNotContain("env-secret");
    }
}
