//! What words say of the values after them.

use super::super::secrets::SecretKind;

/// What a word says of the value after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Class {
    /// Any value but a word of prose.
    Password,
    /// A value in quotation marks or after a sign of equality; in prose (`token: expired`) only a random one.
    Secret(SecretKind),
    /// Only a value that looks random.
    Weak(SecretKind),
    /// A one-time code: digits too, and without any sign between.
    Otp,
    /// `Cookie:`: the rest of the line.
    Cookie,
    /// `Authorization:`: a scheme and its credentials.
    Authorization,
    /// The scheme alone: `Bearer`, `Basic`.
    Scheme,
    /// A person's login, id or mail address.
    Person,
    /// A person's name, with spaces.
    FullName,
    /// Words before a person in a sentence: `created by`.
    Actor,
    /// Words before a login, which is known by its look.
    Login,
    /// `ann has logged in`: words after a login at the start of a sentence.
    LoggedIn,
    /// A given name of somebody.
    GivenName,
    /// `Hannah Voss wrote`: what is said of people.
    Did,
    /// `encrypted with x`: words before a password, which is known by its look.
    Stated,
    /// The end of a letter: a name follows.
    Closing,
    /// `cn: Ann Example`: a name only where it looks like one.
    CommonName,
    /// A part of a person's name: one capitalised word is enough.
    NamePart,
    /// `name`: a person's only beside other keys of people.
    Name,
    Phone,
    /// The number of a member of staff, an insurance, an account: digits are enough.
    Number,
    /// A coordinate, or an address of a street.
    Location,
    /// The end of the name of a street.
    Street,
    /// `"kty"`: a key for signatures, whose secret parts have names of a letter or two.
    WebKey,
    /// `"x".toCharArray()`: a password in code.
    Characters,
    /// `credentials user:password`, `login user/password`.
    UserAndPassword,
    /// `imap(user)`: a person in brackets.
    Bracket,
    /// A one-time code is somewhere before: `482913 … to sign in`.
    CodeBefore,
    /// `-u user:password`.
    UserOption,
    /// `PasswordAuthentication[user, password]`.
    Pair,
    /// `-p x`, `-px`: only a value that looks random.
    PasswordOption,
    /// A sign of the syntax of one program.
    Syntax,
    /// A command of a mail dialogue.
    Command(Command),
    /// Nothing by itself: says which readers have something to look for.
    Marker,
}

/// Which readers a text needs, a bit each: most texts need none of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in super::super) struct Needs(u16);

impl Needs {
    pub(in super::super) const URL: Self = Self(1);
    pub(in super::super) const BLOCK: Self = Self(1 << 1);
    pub(in super::super) const HOME: Self = Self(1 << 2);
    pub(in super::super) const MENTION: Self = Self(1 << 3);
    pub(in super::super) const NOTE: Self = Self(1 << 4);
    pub(in super::super) const LOGIN: Self = Self(1 << 5);
    pub(in super::super) const PASS: Self = Self(1 << 6);
    pub(in super::super) const USER: Self = Self(1 << 7);
    pub(in super::super) const DIRECTORY: Self = Self(1 << 8);
    pub(in super::super) const SHAPE: Self = Self(1 << 9);
    /// Cards of people, encoded words of mail headers, links to mail addresses.
    pub(in super::super) const CARD: Self = Self(1 << 10);
    /// Listings of files and processes.
    pub(in super::super) const LISTING: Self = Self(1 << 11);
    /// Programs whose options hold passwords.
    pub(in super::super) const COMMAND: Self = Self(1 << 12);
    /// `'s`
    pub(in super::super) const OWNER: Self = Self(1 << 14);
    /// Signs of degrees.
    pub(in super::super) const DEGREE: Self = Self(1 << 15);
    /// Headers of mails.
    pub(in super::super) const HEADER: Self = Self(1 << 13);

    pub(in super::super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// What either needs.
    pub(super) fn both(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Command {
    Authenticate,
    Apop,
    /// `MAIL FROM:<x>`, `VRFY x`.
    Envelope,
    /// The server asks: `334 …`.
    Prompt,
    /// `C: ` at the start of what a client has sent.
    Client,
}
