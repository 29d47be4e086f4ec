package dev.openline.store.redis;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.StringJoiner;

/** Commands for a Redis server over a plain connection of their own: as much of RESP2 as it takes to ask and to read an answer. */
final class RedisQuestion {
    private final InputStream in;

    private RedisQuestion(InputStream in) {
        this.in = in;
    }

    /**
     * The answer to the last of the commands, see {@link RedisServer#ask}.
     *
     * @param patience for the connection and for each read; longer than 0
     * @throws RedisServer.Refused when any of them is answered with an error
     * @throws UncheckedIOException when nobody listens, or nothing comes in time
     */
    static String ask(int port, Duration patience, String[]... commands) {
        try (Socket socket = new Socket()) {
            int millis = Math.toIntExact(patience.toMillis());
            socket.setSoTimeout(millis);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), millis);
            RedisQuestion question = new RedisQuestion(new BufferedInputStream(socket.getInputStream()));
            String answer = "";
            for (String[] command : commands) {
                socket.getOutputStream().write(spell(command));
                answer = question.answer();
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] spell(String[] command) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(("*" + command.length + "\r\n").getBytes(StandardCharsets.UTF_8));
        for (String word : command) {
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            out.writeBytes(("$" + bytes.length + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.writeBytes(bytes);
            out.writeBytes(new byte[] {'\r', '\n'});
        }
        return out.toByteArray();
    }

    private String answer() throws IOException {
        String line = line();
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+', ':' -> rest;
            case '-' -> throw new RedisServer.Refused(rest);
            case '$' -> bulk(Integer.parseInt(rest));
            case '*' -> array(Integer.parseInt(rest));
            default -> throw new IOException("Not an answer of RESP2: " + line);
        };
    }

    private String bulk(int length) throws IOException {
        if (length < 0) return "(nil)";
        byte[] bytes = in.readNBytes(length + 2);
        if (bytes.length < length + 2) throw new EOFException();
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private String array(int size) throws IOException {
        if (size < 0) return "(nil)";
        StringJoiner lines = new StringJoiner("\n");
        for (int i = 0; i < size; i++) lines.add(answer());
        return lines.toString();
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\r'; next = in.read()) {
            if (next < 0) throw new EOFException();
            line.write(next);
        }
        in.skipNBytes(1);
        return line.toString(StandardCharsets.UTF_8);
    }
}
