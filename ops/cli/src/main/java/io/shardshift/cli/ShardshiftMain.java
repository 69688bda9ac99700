package io.shardshift.cli;

import io.shardshift.cli.rest.Pace;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The process {@code ops/bin/shardshift}: gives {@link ShardshiftCommand} its streams and ends with its exit code. */
public final class ShardshiftMain {
    private ShardshiftMain() {}

    public static void main(String[] args) {
        // JSON is UTF-8 whatever the locale says
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        Map<String, String> environment = System.getenv();
        boolean terminal = isTerminal(System.console()) && !"dumb".equals(environment.get("TERM"));
        System.exit(ShardshiftCommand.run(environment, out, err, terminal, Clock.systemUTC(), Pace.NORMAL, args));
    }

    /** From JDK 22 on there is a console also where there is no terminal; only its own method tells then. */
    private static boolean isTerminal(@Nullable Console console) {
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException olderJdk) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
