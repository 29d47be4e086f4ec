package dev.openline.net;

/** How a {@link RedialingLine} is. */
public enum LineState {
    /** There is no connection; the next dial is due later. */
    WAITING,
    /** A dial is on its way. */
    DIALLING,
    /** Messages can be sent and heard. */
    OPEN,
    /** {@link RedialingLine#close} was called, and the line says goodbye. */
    CLOSING,
    /** There will be no more dials. */
    ENDED
}
