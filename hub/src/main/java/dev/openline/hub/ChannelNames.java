package dev.openline.hub;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What parts of a channel's name mean. An empty marker stands for none: then no name has that meaning.
 *
 * @param maxLength the longest name, in bytes of UTF-8, 1 to 4 096. Default 255
 * @param namespaceBoundary ends the namespace at the beginning of a name. Default {@code :}
 * @param userBoundary its last one begins the list of users for whom alone the channel is. Default {@code #}
 * @param userSeparator stands between users of that list. Default {@code ,}
 * @param privatePrefix begins the name of a channel that needs a token. Default {@code $}
 */
public record ChannelNames(
        int maxLength, String namespaceBoundary, String userBoundary, String userSeparator, String privatePrefix) {
    public static final ChannelNames DEFAULT = new ChannelNames(255, ":", "#", ",", "$");

    /** What follows the boundary in the name of a namespace's pattern channel. */
    private static final String ALL = "*";

    private static final int MAX_LENGTH = 4_096;
    private static final int MAX_MARKER = 8;

    /** @throws IllegalArgumentException if the length is out of its range, or a marker is not 0–8 printable ASCII, or stands for two things */
    public ChannelNames {
        if (maxLength < 1 || maxLength > MAX_LENGTH)
            throw new IllegalArgumentException("maxLength " + maxLength + " is not in 1–" + MAX_LENGTH);
        List<String> markers = List.of(namespaceBoundary, userBoundary, userSeparator, privatePrefix);
        for (int i = 0; i < markers.size(); i++) {
            String marker = markers.get(i);
            if (marker.length() > MAX_MARKER || !isPrintableAscii(marker))
                throw new IllegalArgumentException("a marker in names is not 0–" + MAX_MARKER + " printable ASCII");
            if (!marker.isEmpty() && markers.indexOf(marker) != i)
                throw new IllegalArgumentException("\"" + marker + "\" stands for two things in names");
        }
    }

    /** The text before the first boundary, without the private prefix; null if there is no boundary. */
    public @Nullable String namespaceOf(String channel) {
        int start = isPrivate(channel) ? privatePrefix.length() : 0;
        int end = boundary(channel, start);
        return end < 0 ? null : channel.substring(start, end);
    }

    /** What follows the namespace; without one, the whole name without the private prefix. */
    public String withoutNamespace(String channel) {
        int start = isPrivate(channel) ? privatePrefix.length() : 0;
        int end = boundary(channel, start);
        return channel.substring(end < 0 ? start : end + namespaceBoundary.length());
    }

    private int boundary(String channel, int start) {
        return namespaceBoundary.isEmpty() ? -1 : channel.indexOf(namespaceBoundary, start);
    }

    /** Whether subscribing needs a token, by the name. */
    public boolean isPrivate(String channel) {
        return !privatePrefix.isEmpty() && channel.startsWith(privatePrefix);
    }

    /** Whether the channel is for the {@link #users} alone that its name lists, be the list empty. */
    public boolean isUserLimited(String channel) {
        return !userBoundary.isEmpty() && channel.contains(userBoundary);
    }

    /** The users that the name lists after its last boundary; empty if it lists none. Empty names of users are left out: nobody is called so. */
    public List<String> users(String channel) {
        if (!isUserLimited(channel)) return List.of();
        List<String> users = new ArrayList<>();
        int start = channel.lastIndexOf(userBoundary) + userBoundary.length();
        while (start <= channel.length()) {
            int end = userSeparator.isEmpty() ? -1 : channel.indexOf(userSeparator, start);
            if (end < 0) end = channel.length();
            if (end > start) users.add(channel.substring(start, end));
            start = end + Math.max(1, userSeparator.length());
        }
        return List.copyOf(users);
    }

    /** Whether {@code channel} can be a name at all: 1 to {@link #maxLength} bytes of text without control characters and half characters. */
    public boolean validName(String channel) {
        if (channel.isEmpty() || channel.length() > maxLength) return false;
        int bytes = 0;
        for (int i = 0; i < channel.length(); i++) {
            char c = channel.charAt(i);
            if (Character.isISOControl(c)) return false;
            if (!Character.isSurrogate(c)) {
                bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
                continue;
            }
            if (!Character.isHighSurrogate(c) || ++i == channel.length()) return false;
            if (!Character.isLowSurrogate(channel.charAt(i))) return false;
            bytes += 4;
        }
        return bytes <= maxLength;
    }

    /** The name of the channel that gathers what is said in {@code namespace}, where one does. */
    String patternOf(String namespace) {
        return namespace + namespaceBoundary + ALL;
    }

    static boolean isPrintableAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~') return false;
        }
        return true;
    }
}
