package dev.openline.hub;

/** Whether a subscriber wants to hear who joins and who leaves. */
public enum JoinLeave {
    WANTED,
    UNWANTED
}
