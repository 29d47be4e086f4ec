package dev.openline.store.disk;

/** What an answered publish has survived. */
public enum Durability {
    /** It was handed to the operating system: it survives the process, however that ends. After a power cut the newest may be missing, and all logs begin new lives. */
    OS,
    /** The disk says that it has it: it survives a power cut. */
    FSYNC
}
