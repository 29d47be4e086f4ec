package dev.openline.wire;

/** Whether a sender's compressed messages may refer to its earlier ones (RFC 7692 §7.1.1). */
public enum ContextTakeover {
    /** Each message stands for itself; neither end keeps anything between messages. */
    NO,
    /** A message may repeat what the ones before it said: smaller, and both ends keep the last bytes for it. */
    YES
}
