//! Codes, passwords and people in sentences of many languages, and logins in capitals.

use super::{hides, keeps};

#[test]
fn a_one_time_code_is_removed_after_its_name_in_many_languages() {
    hides(
        &[
            "Use 640812 as Microsoft account security code",
            "640 812 is your Microsoft account security code",
            "Code zur Anmeldung: 640812",
            "Tu código es 640812",
            "Seu código de segurança: 640 812",
            "Il tuo codice di verifica è 640812",
            "Twój kod weryfikacyjny to 640812",
            "Din kod är 640812",
            "Váš ověřovací kód je 640812",
            "Ваш код подтверждения: 640812",
            "確認コード：640812",
            "您的验证码是 640812",
            "otc=640812&mfaAuthMethod=x",
            "\"AdditionalAuthData\":\"640812\"",
        ],
        &["640812", "640 812", "640", "812"],
    );
    keeps(&["Twój kod weryfikacyjny wygasł", "Din kod är fel", "Tu código es incorrecto"]);
}

#[test]
fn a_new_password_is_removed_from_sentences_of_many_languages() {
    hides(
        &[
            "her pw was reset to Quendel yesterday",
            "please use quendel as password",
            "Das Kennwort wurde auf Quendel gesetzt",
            "le mot de passe du compte a été remplacé par Quendel",
            "la password è stata cambiata in Quendel",
            "het wachtwoord is gewijzigd naar Quendel",
            "a senha foi alterada para Quendel",
            "hasło zmieniono na Quendel",
            "heslo bylo změněno na Quendel",
            "lösenordet har ändrats till Quendel",
            "пароль изменён на Quendel",
            "パスワードを「Quendel」に変更しました",
            "パスワードは「quendel7」",
        ],
        &["Quendel", "quendel"],
    );
    keeps(&[
        "hasło zmieniono wczoraj",
        "password was reset to default values",
        "password was changed in Keycloak",
        "Das Kennwort wurde auf Anfrage geändert",
        "la password è stata cambiata in precedenza",
    ]);
}

#[test]
fn a_login_in_capitals_is_hidden_after_a_word_for_a_user_and_after_a_domain() {
    hides(
        &[
            "ORA-01045: user JREUTER lacks CREATE SESSION privilege; logon denied",
            "ORA-28000: the account JREUTER is locked",
            "KUNDE\\JREUTER locked",
            "RACF user JREUTER revoked",
        ],
        &["JREUTER"],
    );
    keeps(&[
        "user IMAP is disabled",
        "the account SMTP was refused",
        "user NULL is unknown",
        "account ADMIN is locked",
    ]);
}

#[test]
fn people_are_hidden_in_greetings_and_after_words_of_other_scripts() {
    hides(
        &[
            "Bonjour M. Vasseur, la connexion a échoué",
            "Estimada Sra. Vasseur: error",
            "Hola Vasseur, tu buzón está lleno",
        ],
        &["Vasseur"],
    );
    hides(
        &["Gentile Sig.ra Vasseur, accesso", "Geachte heer Vasseur, aanmelden", "Prezado Sr. Vasseur, falha"],
        &["Vasseur"],
    );
    hides(&["Sehr geehrter Herr Dr. Vasseur, Anmeldung fehlgeschlagen"], &["Vasseur", "user-1."]);
    hides(&["Пользователь Олег Сидоров не найден"], &["Олег", "Сидоров"]);
    hides(&["用户 张伟 登录失败", "用户「张伟」不存在"], &["张伟"]);
    hides(&["ユーザー「佐藤花子」が見つかりません"], &["佐藤花子"]);
    hides(&["SMS to 436640001234 failed", "电话：13800001234"], &["436640001234", "13800001234"]);
    keeps(&["用户 认证 失败", "사용자 로그인 실패", "Bonjour, la connexion a échoué", "Hola, tu buzón está lleno"]);
}

#[test]
fn what_is_around_a_name_is_none_of_it() {
    hides(&["displayName 'Hanna Vasseur' and email 'x'"], &["Hanna"]);
    for (text, rest) in [
        ("displayName 'Hanna Vasseur' and more", "' and more"),
        ("Viele Grüße, Hanna Vasseur", "Viele Grüße, "),
        ("Von: Vasseur, Hanna Gesendet: Montag", "Gesendet: Montag"),
        ("Das Postfach konnte nicht geöffnet werden", "Das Postfach konnte nicht geöffnet werden"),
    ] {
        assert!(super::shown(text, None).contains(rest), "{}", super::shown(text, None));
    }
}

#[test]
fn a_login_that_is_a_part_of_a_path_is_hidden() {
    hides(&["/people/jreuter 404", "SELECT \"shared/jreuter/INBOX\""], &["jreuter"]);
}
