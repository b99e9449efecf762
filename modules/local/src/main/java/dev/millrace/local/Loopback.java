package dev.millrace.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Where all local services listen: nothing else reaches them. */
public final class Loopback {
    public static final String HOST = "127.0.0.1";

    private Loopback() {}

    /** The wanted port if it is free, else another; none is wanted with 0. Whoever uses it must be ready to lose it. */
    public static int freePort(int wanted) throws IOException {
        InetAddress loopback = InetAddress.getByName(HOST);
        if (wanted != 0) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(loopback, wanted));
                return wanted;
            } catch (IOException e) {
                return freePort(0);
            }
        }
        try (ServerSocket socket = new ServerSocket(0, 1, loopback)) {
            return socket.getLocalPort();
        }
    }
}
