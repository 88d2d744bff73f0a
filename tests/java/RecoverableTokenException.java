package com.atlassian.oauth2.client.api.storage.token.exception;

/** Named like Jira's own, so that logs show the class by its real name. */
public class RecoverableTokenException extends Exception {
    private static final long serialVersionUID = 1;

    public RecoverableTokenException(String message, Throwable cause) {
        super(message, cause);
    }

    public RecoverableTokenException(Throwable cause) {
        super(cause);
    }
}
