package dev.openline.protocol;

/** Reads what a server says about a subscription it made, in a result or in a push. */
final class SubscribedDecoder {
    private final JsonInput in;
    private final SubscribedMembers members = new SubscribedMembers();

    private SubscribedDecoder(JsonInput in) {
        this.in = in;
    }

    /** Reads the object that is the current value; {@code what} names it in faults. */
    static SubscribedMembers read(JsonInput in, String what) throws MalformedFrame {
        SubscribedDecoder decoder = new SubscribedDecoder(in);
        in.enterObject(what);
        for (String member = in.nextMember(); member != null; member = in.nextMember()) decoder.member(member);
        return decoder.members;
    }

    private void member(String member) throws MalformedFrame {
        switch (member) {
            case "recoverable" -> members.recoverable = in.bool("recoverable");
            case "positioned" -> members.positioned = in.bool("positioned");
            case "epoch" -> members.epoch = in.string("epoch");
            case "offset" -> members.offset = in.u63("offset");
            case "was_recovering" -> members.wasRecovering = in.bool("was_recovering");
            case "recovered" -> members.recovered = in.bool("recovered");
            case "publications" -> members.publications = new ValueDecoder(in).publications();
            case "expires" -> members.expires = in.bool("expires");
            case "ttl" -> members.ttl = in.u32("ttl");
            case "data" -> members.data = in.payload();
            case "delta" -> members.delta = in.bool("delta");
            default -> in.skip();
        }
    }
}
