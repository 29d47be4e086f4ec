package dev.openline.client;

/** Whether a subscription hears its channel. */
public enum SubscriptionState {
    /** It ended, and stays so. */
    UNSUBSCRIBED,
    /** It will hear the channel as soon as the server has agreed, on this line or a later one. */
    SUBSCRIBING,
    /** It hears the channel. */
    SUBSCRIBED
}
