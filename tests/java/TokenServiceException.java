package com.atlassian.oauth2.client.api.lib.token;

/** Named like Jira's own, so that logs show the class by its real name. */
public class TokenServiceException extends Exception {
    private static final long serialVersionUID = 1;

    public TokenServiceException(String message, Throwable cause) {
        super(message, cause);
    }

    public TokenServiceException(Throwable cause) {
        super(cause);
    }
}
