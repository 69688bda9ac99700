package io.shardshift.plans.file;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** From text to nodes, with bounds: whoever sends a plan must not be able to exhaust the controller. */
final class YamlText {
    /** A lookup table with a key for each of 65,536 slots fits, at 60 characters a key. */
    static final int MAX_CHARACTERS = 4 * 1024 * 1024;

    /** A valid file has 5 levels; composing is recursive, so the stack sets the upper bound, some hundreds. */
    static final int MAX_DEPTH = 16;

    private YamlText() {}

    /** Prefix of YAML's own tags; another names a type that no field here has. */
    private static final String CORE_TAGS = "tag:yaml.org,2002:";

    /** The root of the one document, or null when an error was added. */
    static @Nullable Value root(String text, Errors errors) {
        if (text.length() > MAX_CHARACTERS) {
            errors.add(1, "", "expected at most " + MAX_CHARACTERS + " characters, found " + text.length(), null);
            return null;
        }
        String readable = text.stripLeading().startsWith("{") ? spacesForTabs(text) : text;
        LoadSettings settings = LoadSettings.builder()
                .setSchema(new CoreSchema())
                .setCodePointLimit(MAX_CHARACTERS)
                .setMaxAliasesForCollections(0)
                .setAllowNonScalarKeys(true) // refused by Value, with its line and beside all other errors
                .build();
        try {
            if (!withinBounds(readable, settings, errors)) {
                return null;
            }
            Optional<Node> root = new Compose(settings).composeString(readable);
            if (root.isEmpty()) {
                errors.add(1, "", "expected a mapping of fields, found nothing", null);
                return null;
            }
            return new Value(root.get(), Value.line(root.get()), "", errors);
        } catch (MarkedYamlEngineException e) {
            // The message of the exception quotes the file, which may hold a secret; the problem alone does not.
            int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
            errors.add(line, "", "expected YAML or JSON: " + e.getProblem(), null);
            return null;
        } catch (YamlEngineException e) {
            errors.add(1, "", "expected YAML or JSON: " + Value.abbreviated(String.valueOf(e.getMessage())), null);
            return null;
        }
    }

    private static Optional<String> tag(Event event) {
        if (event instanceof ScalarEvent scalar) {
            return scalar.getTag();
        }
        return event instanceof CollectionStartEvent collection ? collection.getTag() : Optional.empty();
    }

    /** A core tag says what a scalar is anyway; on a collection it says that it is something else ({@code !!str a: 1}). */
    private static boolean isHarmless(String tag, Event event) {
        return tag.equals("!") || (event instanceof ScalarEvent && tag.startsWith(CORE_TAGS));
    }

    /** Looks at the events, which needs no recursion, before nodes are made of them, which does. */
    private static boolean withinBounds(String text, LoadSettings settings, Errors errors) {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            int line = event.getStartMark().map(Mark::getLine).orElse(0) + 1;
            Optional<String> tag = tag(event).filter(found -> !isHarmless(found, event));
            if (tag.isPresent()) {
                errors.add(line, "", "expected no tag, found " + Value.abbreviated(tag.get()), "remove it");
                return false;
            }
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                case Alias -> {
                    String name = ((AliasEvent) event).getAlias().toString();
                    errors.add(line, "", "expected no alias, found *" + Value.abbreviated(name), "write the value out");
                    return false;
                }
                case Scalar, Comment, DocumentStart, DocumentEnd, StreamStart, StreamEnd -> {}
            }
            if (depth > MAX_DEPTH) {
                errors.add(line, "", "expected at most " + MAX_DEPTH + " levels, found more", null);
                return false;
            }
        }
        return true;
    }

    /** JSON may be indented by tabs, YAML may not, not even between braces. Texts within quotes are left alone. */
    private static String spacesForTabs(String json) {
        if (json.indexOf('\t') < 0) {
            return json;
        }
        StringBuilder result = new StringBuilder(json);
        boolean quoted = false;
        for (int i = 0; i < result.length(); i++) {
            char c = result.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == '\t' && !quoted) {
                result.setCharAt(i, ' ');
            }
        }
        return result.toString();
    }
}
