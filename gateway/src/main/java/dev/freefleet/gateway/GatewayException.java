package dev.freefleet.gateway;

/** The gateway cannot do what it was asked; the message is one sentence for the person who runs it. */
public final class GatewayException extends RuntimeException {
    public GatewayException(String message) {
        super(message);
    }

    public GatewayException(String message, Throwable cause) {
        super(message, cause);
    }
}
