package dev.openline.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * What connections are counted by: an IPv4 address, or the /64 of an IPv6 one, since that much is given to a single customer and any
 * address in it costs nothing.
 *
 * @param prefix the upper 64 bits; an IPv4 address stands where IPv6 has multicast, which nobody connects from
 */
record Network(long prefix) {
    /** Not counted by address: no limit is set, or the address is exempt from it. */
    static final Network UNCOUNTED = new Network(-1);

    private static final long IPV4 = 0xffff_0000L << 32;

    static Network of(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        if (address instanceof Inet4Address) return new Network(IPV4 | bytes.getInt() & 0xffff_ffffL);
        return new Network(bytes.getLong());
    }
}
