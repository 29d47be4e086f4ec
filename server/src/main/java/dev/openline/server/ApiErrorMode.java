package dev.openline.server;

/** How the HTTP API answers a call that was understood and refused. */
public enum ApiErrorMode {
    /** With status 200 and an object whose member {@code error} has the code and the text. */
    REPLY,
    /**
     * With the error by itself and a status: 404 for codes 102 and 104, 400 for 107 and 108, 416 for 112, 409 for 113, 500 for others. A
     * single request asks for it by the header {@code X-Centrifugo-Error-Mode: transport}. Errors of parts of a batch or broadcast stay where
     * they are in its answer.
     */
    TRANSPORT
}
