package dev.freefleet.edge;

/** What the status codes of RFC 9110 section 15 mean to a cache. */
final class StatusCodes {
    private StatusCodes() {}

    /** Whether an answer may be fresh without saying so (RFC 9110 section 15.1). */
    static boolean isHeuristic(int status) {
        return switch (status) {
            case 200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501 -> true;
            default -> false;
        };
    }

    /** Whether this cache knows what the status means for storing (must-understand, RFC 9111 section 5.2.2.3). */
    static boolean isUnderstood(int status) {
        return switch (status) {
            case 200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414, 500, 501, 502, 503, 504 -> true;
            default -> false;
        };
    }

    /**
     * Whether the status blames the request for something that its cache key does not hold: its fields, its moment, its
     * sender. Such an answer, stored, would answer the innocent (cpdos.org).
     */
    static boolean isProvoked(int status) {
        return switch (status) {
            case 400,
                    401,
                    402,
                    403,
                    406,
                    407,
                    408,
                    409,
                    411,
                    412,
                    413,
                    415,
                    416,
                    417,
                    421,
                    422,
                    423,
                    424,
                    425,
                    426,
                    428,
                    429,
                    431 -> true;
            default -> false;
        };
    }

    /**
     * Whether no rule may store it: it speaks of a part (206, 304, 412, 416), of the connection or the moment (407, 417,
     * 425), or a document forbids it (428, 429, 431, 511: RFC 6585).
     */
    static boolean isNeverStored(int status) {
        return switch (status) {
            case 206, 304, 407, 412, 416, 417, 425, 428, 429, 431, 511 -> true;
            default -> false;
        };
    }

    /** The reason phrase of the edge's own answers. */
    static String title(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 413 -> "Content Too Large";
            case 414 -> "URI Too Long";
            case 416 -> "Range Not Satisfiable";
            case 417 -> "Expectation Failed";
            case 429 -> "Too Many Requests";
            case 431 -> "Request Header Fields Too Large";
            case 500 -> "Internal Server Error";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            case 505 -> "HTTP Version Not Supported";
            default -> "Error";
        };
    }
}
