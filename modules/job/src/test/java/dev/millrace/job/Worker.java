package dev.millrace.job;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;

/**
 * Runs a job again and again in one process, for tests that need thousands of runs: reads the arguments of one run a line,
 * separated by tabs, and answers with a line {@code exit N} after whatever the run printed. What is to be done before each run,
 * such as to hand out a session, is the business of a class named second.
 */
public final class Worker {
    private Worker() {}

    public static void main(String[] args) throws IOException, ReflectiveOperationException {
        Method run = Class.forName(args[0]).getMethod("run", String[].class);
        Runnable before = args.length > 1
                ? Class.forName(args[1])
                        .asSubclass(Runnable.class)
                        .getDeclaredConstructor()
                        .newInstance()
                : () -> {};
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = System.out;
        out.println("ready");
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            int exit;
            try {
                before.run();
                exit = (Integer) run.invoke(null, (Object) line.split("\t", -1));
            } catch (InvocationTargetException e) {
                e.printStackTrace();
                exit = ExitCode.BUG.code();
            }
            out.println("exit " + exit);
            out.flush();
        }
        // Whatever threads a job left behind end with the one who asked.
        Runtime.getRuntime().halt(0);
    }
}
