package dev.openline.net;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** As little of DER (ITU-T X.690) as old forms of private keys need: finding an element, and wrapping some in another. */
final class Der {
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;

    /** An element reaches beyond the end of the bytes. */
    static final class Damaged extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private Der() {}

    /** Where the content of the element at this place begins. */
    static int content(byte[] der, int at) throws Damaged {
        if (at + 2 > der.length) throw new Damaged();
        int length = der[at + 1] & 0xff;
        return at + 2 + (length < 0x80 ? 0 : length & 0x7f);
    }

    /** Where the element at this place ends. */
    static int end(byte[] der, int at) throws Damaged {
        int start = content(der, at);
        if (start > der.length) throw new Damaged();
        long length = der[at + 1] & 0xff;
        if (length >= 0x80) {
            length = 0;
            for (int i = at + 2; i < start; i++) length = Math.min(Integer.MAX_VALUE, length << 8 | der[i] & 0xff);
        }
        if (length > der.length - start) throw new Damaged();
        return start + (int) length;
    }

    static byte[] sequence(byte[]... elements) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] element : elements) content.writeBytes(element);
        return element(SEQUENCE, content.toByteArray());
    }

    static byte[] octets(byte[] content) {
        return element(OCTET_STRING, content);
    }

    /** With the shortest length there is, as DER wants it (X.690 §10.1). */
    private static byte[] element(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            int bytes = (32 - Integer.numberOfLeadingZeros(content.length) + 7) / 8;
            out.write(0x80 | bytes);
            for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.write(content.length >> shift);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }
}
