package dev.freefleet.data;

import com.google.re2j.Pattern;
import java.net.Inet6Address;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The kinds of things that a {@link Redaction} knows the form of. They are tried in this order. */
public enum Sensitive {
    /**
     * What opens doors: keys of the fleet ({@code sff_}), of AWS, GitHub, GitLab, OpenAI and those who write theirs like it
     * ({@code sk-}), Google, Slack, Stripe; JSON Web Tokens; private keys in PEM; what follows {@code password=},
     * {@code api_key:} and the like, and {@code Bearer}.
     */
    SECRET {
        @Override
        boolean mayBeIn(Glance glance) {
            return (glance.word() >= 16 || glance.equals() || glance.colons() > 0) && glance.hasAny(SIGNS);
        }

        @Override
        Redaction.Finder finder() {
            return Redaction.matches(SECRETS, "[secret]");
        }
    },
    /** Addresses of e-mail (RFC 5322's dot-atom, with letters of any script). */
    EMAIL {
        @Override
        boolean mayBeIn(Glance glance) {
            return glance.at();
        }

        @Override
        Redaction.Finder finder() {
            return Redaction.matches(EMAILS, "[email]");
        }
    },
    /** Numbers of payment cards: 13 to 19 digits, in groups or not, whose check digit is right (ISO/IEC 7812). */
    CARD {
        @Override
        boolean mayBeIn(Glance glance) {
            return glance.digits() >= CardNumbers.SHORTEST;
        }

        @Override
        Redaction.Finder finder() {
            return CardNumbers::next;
        }
    },
    /** Addresses of IPv4 in dotted decimal and of IPv6 (RFC 4291 section 2.2). */
    IP {
        @Override
        boolean mayBeIn(Glance glance) {
            return glance.dots() >= 3 || glance.colons() >= 2;
        }

        @Override
        Redaction.Finder finder() {
            return Sensitive::nextAddress;
        }
    },
    /** Telephone numbers: with +, with a leading 0, or written 555-123-4567; 7 to 15 digits (E.164). */
    PHONE {
        @Override
        boolean mayBeIn(Glance glance) {
            return glance.digits() >= 7;
        }

        @Override
        Redaction.Finder finder() {
            return Redaction.matches(PHONES, "[phone]");
        }
    };

    /** Of what {@link #SECRETS} finds, each holds one of these, in lower case. */
    private static final List<String> SIGNS = List.of(
            "-----begin",
            "sff_",
            "akia",
            "asia",
            "aroa",
            "aida",
            "ghp_",
            "gho_",
            "ghu_",
            "ghs_",
            "ghr_",
            "github_pat_",
            "glpat-",
            "sk-",
            "sk_",
            "rk-",
            "rk_",
            "aiza",
            "xox",
            "eyj",
            "bearer",
            "passw",
            "passphrase",
            "pwd",
            "secret",
            "token",
            "key");

    private static final Pattern SECRETS = Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)"
            + "(?:-----END [A-Z ]*PRIVATE KEY-----|\\z)"
            + "|\\bsff_[A-Za-z0-9_-]{8,}"
            + "|\\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}"
            + "|\\bgh[pousr]_[A-Za-z0-9]{16,}|\\bgithub_pat_[A-Za-z0-9_]{16,}|\\bglpat-[A-Za-z0-9_-]{16,}"
            + "|\\b[sr]k[-_][A-Za-z0-9_-]{16,}"
            + "|\\bAIza[A-Za-z0-9_-]{16,}|\\bxox[a-z]-[A-Za-z0-9-]{8,}"
            + "|\\beyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{4,}(?:\\.[A-Za-z0-9_-]*)?"
            + "|(?i:\\bbearer[ \\t]+[A-Za-z0-9._~+/-]{8,}=*)"
            + "|(?i:(?:password|passwd|passphrase|passwort|pwd|secret|token|api[_-]?key|access[_-]?key(?:[_-]?id)?)"
            + "[\"']?\\s{0,3}[=:]\\s{0,3}[^\\s,;]{1,256})");

    private static final Pattern EMAILS =
            Pattern.compile("[\\pL\\pM\\pN.!#$%&'*+/=?^_`{|}~-]+@[\\pL\\pM\\pN-]+(?:\\.[\\pL\\pM\\pN-]+)*");

    private static final Pattern ADDRESSES =
            Pattern.compile("\\b[0-9]{1,3}(?:\\.[0-9]{1,3}){3}\\b|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}"
                    + "(?:[0-9]{0,3}(?:\\.[0-9]{1,3}){3})?");

    private static final Pattern PHONES = Pattern.compile("\\+[0-9](?:[ ().\\x{a0}/-]{0,2}[0-9]){6,14}"
            + "|\\(?\\b0[0-9]{1,5}\\)?[ /\\x{a0}-]{0,3}[0-9](?:[ \\x{a0}-]?[0-9]){4,10}\\b"
            + "|\\(?\\b[0-9]{3}\\)?[ .\\x{a0}-][0-9]{3}[ .\\x{a0}-][0-9]{4}\\b");

    /** Whether a look at the text does not exclude it. */
    abstract boolean mayBeIn(Glance glance);

    abstract Redaction.Finder finder();

    private static Redaction.@Nullable Place nextAddress(String text, int from) {
        Redaction.Finder finder = Redaction.matches(ADDRESSES, "[ip]");
        Redaction.@Nullable Place place = finder.next(text, from);
        while (place != null && !(isAlone(text, place) && isAddress(text.substring(place.start(), place.end())))) {
            place = place.end() < text.length() ? finder.next(text, place.end()) : null;
        }
        return place;
    }

    /** Not a part of a longer word, as in {@code std::vector}. */
    private static boolean isAlone(String text, Redaction.Place place) {
        boolean before = place.start() > 0 && Character.isLetterOrDigit(text.charAt(place.start() - 1));
        return !before && !(place.end() < text.length() && Character.isLetterOrDigit(text.charAt(place.end())));
    }

    /** Times of day have colons too. */
    private static boolean isAddress(String text) {
        if (text.indexOf(':') < 0) {
            return true;
        }
        try {
            return !text.equals("::") && Inet6Address.ofLiteral(text).getAddress().length > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
