package dev.openline.client;

import dev.openline.protocol.Command;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Reply;
import dev.openline.protocol.Result;
import java.util.Map;

/** A command that the machine sends on its own account, and what an answer to it means, or none. */
sealed interface Question {
    Command.Numbered command(long id);

    /** Says what the reply means. */
    void answer(Reply reply, Answers answers);

    /** Why the line is dropped when no reply comes in time. */
    Cause late();

    /** What replies mean. */
    interface Answers {
        void connected(Result.ConnectResult session);

        void connectRefused(ErrorReply error);

        void subscribed(Cursor cursor, Result.SubscribeResult result);

        void subscribeRefused(Cursor cursor, ErrorReply error);

        void unsubscribeRefused();

        /** The reply does not fit the question. */
        void misunderstood();
    }

    /** Opens the session. */
    record Connect(ClientSettings settings) implements Question {
        @Override
        public Command.Numbered command(long id) {
            return new Command.Connect(id, settings.token(), settings.data(), Map.of(), settings.name(), "", Map.of());
        }

        @Override
        public void answer(Reply reply, Answers answers) {
            if (reply instanceof Reply.Failed failed) answers.connectRefused(failed.error());
            else if (resultOf(reply) instanceof Result.ConnectResult session) answers.connected(session);
            else answers.misunderstood();
        }

        @Override
        public Cause late() {
            return Cause.transport("connect timeout");
        }
    }

    /** Asks for one channel. */
    record Subscribe(Cursor cursor) implements Question {
        @Override
        public Command.Numbered command(long id) {
            return new Command.Subscribe(id, cursor.ask());
        }

        @Override
        public void answer(Reply reply, Answers answers) {
            if (reply instanceof Reply.Failed failed) answers.subscribeRefused(cursor, failed.error());
            else if (resultOf(reply) instanceof Result.SubscribeResult result) answers.subscribed(cursor, result);
            else answers.misunderstood();
        }

        @Override
        public Cause late() {
            return Cause.SUBSCRIBE_TIMEOUT;
        }
    }

    /** Lets go of one channel. */
    record Unsubscribe(String channel) implements Question {
        @Override
        public Command.Numbered command(long id) {
            return new Command.Unsubscribe(id, channel);
        }

        @Override
        public void answer(Reply reply, Answers answers) {
            if (reply instanceof Reply.Failed) answers.unsubscribeRefused();
            else if (!(resultOf(reply) instanceof Result.UnsubscribeResult)) answers.misunderstood();
        }

        @Override
        public Cause late() {
            return Cause.UNSUBSCRIBE_ERROR;
        }
    }

    private static Result resultOf(Reply reply) {
        return ((Reply.Done) reply).result();
    }
}
