package dev.openline.net;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * All addresses with the same first bits. An IPv4 address mapped into IPv6 is the IPv4 address.
 *
 * @param base one of them
 * @param bits how many of its first bits all of them share
 */
record AddressRange(InetAddress base, int bits) {
    /**
     * Reads an address, or a range in CIDR notation: {@code 10.0.0.0/8}.
     *
     * @throws IllegalArgumentException for anything else; names are not looked up
     */
    static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        InetAddress base = literal(slash < 0 ? text : text.substring(0, slash));
        if (base == null) throw new IllegalArgumentException("'" + text + "' is no address and no range of addresses");
        int most = base.getAddress().length * 8;
        int bits = slash < 0 ? most : bits(text.substring(slash + 1));
        if (bits < 0 || bits > most) {
            throw new IllegalArgumentException(
                    "'" + text + "' has no number of bits in 0–" + most + " after its slash");
        }
        return new AddressRange(base, bits);
    }

    private static int bits(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Integer.parseInt(text) : -1;
    }

    /** The address that this spells in digits, or null; never asks the network, and takes no zone. */
    static @Nullable InetAddress literal(String text) {
        if (text.isEmpty() || text.length() > 45 || text.indexOf('%') >= 0 || text.indexOf('[') >= 0) return null;
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        if (bytes == null) return null;
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            return null;
        }
    }

    boolean contains(InetAddress address) {
        byte[] ours = base.getAddress();
        byte[] theirs = address.getAddress();
        if (ours.length != theirs.length) return false;
        for (int i = 0; i * 8 < bits; i++) {
            int mask = bits - i * 8 >= 8 ? 0xff : 0xff << (8 - (bits - i * 8)) & 0xff;
            if (((ours[i] ^ theirs[i]) & mask) != 0) return false;
        }
        return true;
    }
}
