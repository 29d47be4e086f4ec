package dev.openline.protocol;

import java.util.Random;

/** JSON documents such as applications publish, and the same with a little changed. The same seed makes the same documents. */
final class Documents {
    private static final String[] WORDS = {
        "price", "größe", "naïve", "€uro", "𝄞clef", "日本", "volume", "of", "x", "\\\"quoted\\\""
    };

    private final Random random;

    Documents(long seed) {
        this.random = new Random(seed);
    }

    /** Letters without a pattern. */
    static String text(long seed, int length) {
        return new Random(seed)
                .ints(length, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private String word() {
        return WORDS[random.nextInt(WORDS.length)];
    }

    /** An object of so many members, each an object of three. */
    String document(int members) {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < members; i++) {
            json.append(i == 0 ? "" : ",")
                    .append("\"item")
                    .append(i)
                    .append("\":{\"name\":\"")
                    .append(word());
            json.append(' ').append(word()).append("\",\"price\":").append(random.nextInt(100_000));
            json.append(",\"live\":").append(random.nextBoolean()).append('}');
        }
        return json.append('}').toString();
    }

    /** The same with one to four pieces replaced, left out, doubled or moved; whole characters, but perhaps no JSON any more. */
    String changed(String document) {
        StringBuilder text = new StringBuilder(document);
        for (int i = random.nextInt(4); i >= 0; i--) {
            int from = border(text, random.nextInt(text.length() + 1));
            int to = border(text, Math.min(text.length(), from + random.nextInt(40)));
            String piece = text.substring(from, to);
            switch (random.nextInt(4)) {
                case 0 -> text.replace(from, to, word());
                case 1 -> text.delete(from, to);
                case 2 -> text.insert(to, piece);
                default -> text.delete(from, to).insert(border(text, random.nextInt(text.length() + 1)), piece);
            }
        }
        return text.toString();
    }

    private static int border(CharSequence text, int at) {
        return at > 0 && at < text.length() && Character.isLowSurrogate(text.charAt(at)) ? at - 1 : at;
    }
}
