//! The words by which a value is known, in many languages.

use super::{
    super::{given_names::GIVEN_NAMES, secrets::SecretKind},
    class::{Class, Command},
};

/// Words of one meaning.
pub(super) struct Group {
    pub(super) class: Class,
    /// A word starts here: `pass` is not in `bypass`.
    pub(super) whole: bool,
    /// `_` is any of nothing, `_`, `-`, a space or a dot.
    pub(super) words: &'static str,
}

pub(super) const GROUPS: &[Group] = &[
    Group {
        class: Class::Password,
        whole: false,
        // English, German, French, Spanish, Portuguese, Dutch, Polish, Czech and Slovak, Swedish, Finnish, Danish and
        // Norwegian, Italian and Romanian, Hungarian, Turkish, Croatian, Estonian, Vietnamese, Russian and Ukrainian,
        // Greek, Hebrew, Arabic, Hindi, Chinese, Japanese, Korean.
        words: "password passwd passwrd pswd pass_phrase psw p/w passwort kennwort losungswort zugangscode zugangsschlüssel motdepasse \
            mot_de_passe contraseña contrasena senha wachtwoord hasło haslo hasłem heslo lösenordet lösenord salasana adgangskoden adgangskode passordet passord \
            jelszó jelszo şifre parolası parolă رمز_عبور lozinka zaporka salasõna parool mật_khẩu пароль Пароль κωδικός Κωδικός סיסמה \
            כלמת_מעבר كلمة_المرور كلمة_السر पासवर्ड 密码 密碼 口令 クライアントシークレット 客户端密钥 客户端机密 パスワード 비밀번호 암호 storepass keypass password_hint passworthinweis sicherheitsfrage_antwort security_question_answer bindpw security_answer recovery_answer secret_answer sicherheitsantwort \
            keymaterial recovery_key wiederherstellungsschlüssel key_material totp_seed otp_seed parola_d'ordine parola_d'accesso пароль_пользователя пароль_користувача Пароль_пользователя Пароль_користувача κωδικός_πρόσβασης κωδικός_χρήστη kata_sandi kata_laluan geslo парола Парола slaptažodis lykilorð fjalëkalimi şifreniz şifresi şifreleri รหัสผ่าน clave_secreta palabra_clave clientgeheimnis clientschlüssel zugangskennung",
    },
    Group {
        class: Class::Password,
        whole: true,
        words: "shared_key pre-shared_key parola clave clearpw plainpw remotepass smtppass mailpass dbpass userpass rootpass adminpass ldappass proxypass rootpw adminpw userpw bindpw dbpw mailpw preshared_key pre_shared_key pre-shared-key segredo secreto jeton geheimnis geheim sleutel clé_secrète psk :_eap :_xauth pop.request.parameter",
    },
    Group { class: Class::Password, whole: true, words: "pass pw pwd passcode sshpass" },
    Group { class: Class::Secret(SecretKind::Secret), whole: false, words: "client_secret consumer_secret" },
    Group { class: Class::Secret(SecretKind::Secret), whole: false, words: "secret" },
    Group {
        class: Class::Secret(SecretKind::Secret),
        whole: false,
        words: "refresh_token access_token id_token session_token security_token auth_token api_token bearer_token \
            oauth_token csrf_token xsrf_token crowd.token_key seraph.rememberme.cookie x-auth-token personal_access_token \
            token_secret authtok oauth2-bearer",
    },
    Group {
        class: Class::Secret(SecretKind::Secret),
        whole: false,
        words: "device_code user_code code_verifier client_assertion assertion saml_response saml_request saml_art \
            private_key api_key account_key shared_access_key access_key storage_key master_key signing_key \
            encryption_key license_key licence_key signature_value oauth_signature oauth_verifier credential \
            private-mac cipher_value x-amz-signature x-amz-security-token subscription_key functions-key wresult \
            software_statement product_key serial_key activation_key activation_code gateway-sso secure_string instrumentation_key auth_key private_exponent prime_exponent id_token_hint logout_token login_ticket identified_by",
    },
    Group { class: Class::Secret(SecretKind::Code), whole: false, words: "authorization_code auth_code" },
    Group {
        class: Class::Secret(SecretKind::Session),
        whole: false,
        words: "jsessionid estsauth estsauthpersistent estsauthlight buid atlassian.xsrf.token atl_token awsalb awsalbcors phpsessid asp.net_sessionid",
    },
    Group {
        class: Class::Weak(SecretKind::Token),
        whole: true,
        words: "token jwt pat ticket saml tok sas plain_text clear_text klartext",
    },
    Group { class: Class::Weak(SecretKind::Token), whole: false, words: "token" },
    Group { class: Class::Weak(SecretKind::Code), whole: true, words: "code" },
    Group {
        class: Class::Weak(SecretKind::Secret),
        whole: true,
        words: "key sig signature state nonce sid session_id session session_state xsrf csrf nextnonce cnonce hmac dpop \
            canary sft flowtoken jti at_hash c_hash code_challenge salt",
    },
    Group {
        class: Class::Otp,
        whole: true,
        words: "otp otc additionalauthdata totp otp_code otp_value otp_token otp_pin totp_code one_time_code one_time_pin one-time_pin one_time_passcode one-time_passcode one_time-code mfa mfa_code 2fa 2fa_code verification_code one_time_password one-time_code security_code \
            passcode_otp enter_the_code one-time_password pin pin_code puk unlock_code entsperrcode einmalcode einmalkennwort einmalpasswort einmal-passwort einmal-pin sms_code sms-tan smstan token_code authenticator_code two-factor_code two_factor_code scratch_code scratch_codes emergency_code emergency_codes wiederherstellungscode wiederherstellungscodes ersatzcode ersatzcodes notfallcode notfallcodes backupcodes codes_de_secours code_zur_anmeldung codice_di_accesso código_de_segurança código_de_acesso código_de_confirmación kod_weryfikacyjny kod_potwierdzający ověřovací_kód verifieringskod engångskod engangskode bekreftelseskode код_подтверждения код_підтвердження одноразовый_код doğrulama_kodu tu_código seu_código su_código twój_kod din_kod váš_kód ваш_код il_tuo_codice códigos_de_respaldo códigos_de_recuperación codici_di_backup bestätigungscode sicherheitscode tan backup_code backup_codes \
            recovery_code recovery_codes login_code sign-in_code access_code your_code confirmation_code authentication_code \
            pin-nummer geheimzahl code_confidentiel code_de_vérification código_de_verificación código_de_seguridad \
            codice_di_verifica codice_di_sicurezza código_de_verificação verificatiecode prüfcode anmeldecode",
    },
    Group {
        class: Class::Otp,
        whole: false,
        words: "確認コード 認証コード 検証コード ワンタイムパスワード 验证码 驗證碼 校验码 动态码 인증번호 인증_코드",
    },
    Group { class: Class::Cookie, whole: false, words: "cookie" },
    Group { class: Class::Authorization, whole: true, words: "authorization" },
    Group {
        class: Class::Scheme,
        whole: true,
        words: "bearer basic geniekey negotiate ntlm xoauth2 oauthbearer cram-md5 digest-md5 scram-sha-1 scram-sha-256",
    },
    Group {
        class: Class::Person,
        whole: true,
        words: "user user_name username login account principal actor author owner assignee reporter creator \
            preferred_username reporterusername reporter_name assignee_name author_name default_reporter mailusername smtpusername dbusername unique_name upn user_principal_name login_hint sub account_id user_key user_id os_username \
            j_username remote_user samaccountname uid mailnickname x-ausername x-forwarded-user email e-mail mail \
            mailbox recipient sender impersonate run_as userid benutzer benutzername utilisateur usuario \
            gebruiker usuário usr logname login_name user.name nameid name_id ruser acct authid auth_id principal_name sasl_username utente utilizador \
            bruger uživatel użytkownik användare käyttäjä felhasználó kullanıcı пользователь Пользователь користувач \
            χρήστης 用户 用户名 使用者 ユーザー ユーザ 사용자 lead watcher voter customers puid suser duser identifiant ユーザー名 account_name logon_name logon_account target_user_name subject_user_name memberuid \
            account_with_name user_with_name \
            user_with_username account_with_username principal_with_name participant member organizer organiser approver reviewer attendee",
    },
    Group {
        class: Class::FullName,
        whole: true,
        words: "co-authored-by gecos signed-off-by reviewed-by reported-by tested-by acked-by suggested-by attribute_value display_name full_name nickname name_identifier person_name real_name contact_name",
    },
    Group { class: Class::CommonName, whole: true, words: "cn commonname" },
    Group {
        class: Class::NamePart,
        whole: true,
        words: "given_name family_name first_name last_name surname sn vorname nachname middle_name prénom nom_de_famille nombre \
            apellido apellidos cognome voornaam achternaam",
    },
    Group {
        class: Class::Actor,
        whole: true,
        words: "set_user_to signed_in_as authenticated authenticated_as impersonating on_behalf_of created_by owned_by updated_by \
            changed_by modified_by reported_by commented_by deleted_by requested_by assigned_to assignee_was mailbox_of \
            avatar_of mr mrs ms dr herr frau dear hello hi hallo bonjour cher chère hola estimado estimada gentile egregio ciao geachte prezado prezada olá szanowny szanowna vážený vážená kære hej hei hyvä sayın tisztelt stimate caro mevrouw meneer signora señor señora monsieur madame su_- sudo_-u \
            logged_in_as login_failed_for authentication_failed_for failed_login_for login_attempt_by login_attempt_for \
            failed_password_for accepted_password_for invalid_user illegal_user unknown_user acting_as anmeldung_von \
            anmeldung_für anmeldung_fehlgeschlagen_für user_was reply_from forwarded_by assignee_changed_from reporter_changed_from added_by removed_by moved_by transitioned_by raised_by opened_by reopened_by executed_by performed_by initiated_by running_as runs_as session_opened_for_user \
            sent_by granted_by submitted_by signed_by consented_by invoked_by triggered_by reviewed_by uploaded_by \
            mailbox_for comment_by commented_on_by viewed_by edited_by locked_by reassigned_by reassigned_to closed_by \
            resolved_by cancelled_by started_by stopped_by owner_is mailbox_for postfach_für boîte_aux_lettres_de buzón_de casella_di contact_person contact ansprechpartner \
            kontakt employee patient by_admin tenant_admin benutzer_mit_namen angemeldet_als preauthentication_failed_for accepted_publickey_for failed_publickey_for \
            accepted_keyboard-interactive/pam_for authenticating_user disconnected_from_user find_user find_any_user such_user no_user message_from email_from nachricht_von mail_from message_from_user ask tell notify notified remind reminded invited emailed messaged mentioned_by delegated_to escalated_to handed_over_to assigned_by by denied_for refused_for rejected_for failed_for blocked_for accepted_for succeeded_for successful_for granted_for revoked_for locked_for expired_for disabled_for opened_for closed_for unlocked_for talk_to speak_to reach_out_to logged_in_user esmtp_for esmtps_for esmtpsa_for switching_to_user eingeloggt_als connecté_en_tant_que approved_by postfach_von mail_to message_to sent_to pending_from approval_from awaiting pending_with pending attn meeting_with forwarded_to inbox_of session_of quota_exceeded_for maildrop_for checked_out_by credentials_for bad_password_for wrong_password_for invalid_password_for incorrect_password_for login_by login_of logon_by impersonated_by shared_with log_in_as log_on_as \
            sign_in_as sign_on_as signed_on_as signing_in_as logged_on_as logging_on_as authenticate_as authenticating_as login_as logon_as connect_as connected_as connecting_as logging_in_as anmeldung_als en_tant_que \
            bind_as bound_as binding_as sesión_como conectado_como accedi_come aanmelden_als inloggen_als usernamenotfoundexception usernotfoundexception",
    },
    Group {
        class: Class::Login,
        whole: true,
        words: "sudo customer kunde cc bcc identity delegate publickey_for no_secret_for caller submitter committer invoker requester requestor requested_for line_manager vertretung sachbearbeiter operator xauth_authentication_of role peer supplicant grantee",
    },
    Group {
        class: Class::Closing,
        whole: true,
        words: "regards freundlichen_grüßen freundlichen_gruessen viele_grüße beste_grüße cordialement bien_à_vous \
            saludos sincerely cheers thanks thank_you danke merci gracias grazie grüße gruß mfg best_wishes best",
    },
    Group { class: Class::Name, whole: true, words: "name formatted" },
    Group {
        class: Class::Phone,
        whole: true,
        words: "tel telephone telephone_number phone phone_number mobile mobile_phone mobile_number fax cell msisdn \
            business_phones wa.me/ 电话 電話 전화 rufnummer telefonnummer mobil mobilnummer durchwahl whatsapp sms voice_call telefon tél téléphone teléfono telefone handy",
    },
    Group {
        class: Class::Number,
        whole: true,
        words: "ssn social_security_number social_security social_insurance_number sozialversicherungsnummer svnr \
            steuer-id steuernummer steueridentifikationsnummer tax_id tax_number national_insurance_number national_id \
            ni_number passport_number passport_no reisepassnummer ausweisnummer personalausweisnummer employee_number \
            employee_no employee_nr employee_id staff_id staff_number staff_no personnel_number personnel_no personnel_id \
            payroll_number payroll_no payroll_id badge_number badge_no badge_id matricule numéro_de_matricule \
            personalnummer personal-nr mitarbeiternummer mitarbeiter-id mitarbeiter-nr número_de_empleado \
            numéro_d'employé número_de_seguridad_social numéro_de_sécurité_sociale codice_fiscale iban kontonummer \
            bank_account card_number credit_card kreditkarte kreditkartennummer cvv cvc date_of_birth birth_date birthday dob \
            geburtsdatum geboren_am born geboren né_le née_le nacido_el nacida_el nato_il nata_il date_de_naissance fecha_de_nacimiento student_id patient_id insurance_number versichertennummer \
            driver_license imei reisepass reisepass_nr personalausweis personalausweis_nr führerschein führerscheinnummer führerschein_nr",
    },
    Group {
        class: Class::Location,
        whole: true,
        words: "latitude longitude lat= lng= lon= lat: lng: lon: lat\" lng\" lon\" coordinates koordinaten geo: x-geo gps gps_position standort_position \
            street_address anschrift home_address postal_address wohnort_adresse",
    },
    Group {
        class: Class::UserAndPassword,
        whole: true,
        words: "cred creds zugangsdaten anmeldedaten identifiants credenciales credenziali inloggegevens \
            logindaten addauth_digest user/pw user/pass user/password username/password auth= auth_= superdigest= logging_in_with failed_for \
            login_details account_details access_details access_data login_data log_in_with log_on_with sign_in_with \
            login_with use_account use_user with_user with_account mit_benutzer authentication_of anmelden_mit einloggen_mit datos_de_acceso dati_di_accesso",
    },
    Group { class: Class::UserAndPassword, whole: false, words: "]:587 ]:465 ]:25" },
    Group {
        class: Class::Bracket,
        whole: true,
        words: "<id> lda( deliver( sql( pam( passwd-file( static( indexer( doveadm( quota( imap( lmtp( pop3( managesieve( sieve( submission(",
    },
    Group {
        class: Class::Stated,
        whole: true,
        words: "tried trying with_key using_key use_the_key with_the_key use_the_password with_the_password with_passphrase using_passphrase with_password using_password with_secret \
            encrypted_with decrypted_with encrypt_with decrypt_with encrypted_using decrypted_using protected_with \
            unlocked_with secured_with verschlüsselt_mit entschlüsselt_mit mit_schlüssel mit_kennwort mit_passwort",
    },
    Group {
        class: Class::LoggedIn,
        whole: true,
        words: "made_changes pushed_to logged_in logged_out signed_in signed_out has_logged has_signed anmelden einloggen",
    },
    Group { class: Class::GivenName, whole: true, words: GIVEN_NAMES },
    Group {
        class: Class::Did,
        whole: true,
        words: "wrote said says commented replied answered asked complained joined uploaded attached mentioned approved \
            rejected declined invited reassigned assigned transitioned reopened resolved closed edited created deleted \
            updated changed removed added forwarded shared requested reported cancelled accepted is_away is_out is_on_ \
            has_left has_joined has_commented has_been left_the does_not_exist doesn't_exist not_found is_locked \
            is_disabled is_inactive is_not cannot_log cannot_be konnte_nicht wurde_nicht existiert_nicht ist_gesperrt \
            schrieb a_écrit escribió ha_scritto schreef skrev napisał logged_work could_not",
    },
    Group { class: Class::Street, whole: false, words: "straße strasse str. street avenue road boulevard lane" },
    Group { class: Class::WebKey, whole: true, words: "kty" },
    Group { class: Class::Characters, whole: false, words: "\".tochararray(" },
    Group { class: Class::CodeBefore, whole: true, words: "to_sign_in to_log_in to_verify zum_anmelden zur_anmeldung" },
    Group { class: Class::UserOption, whole: true, words: "-u --user --proxy-user -auth --auth --userpass" },
    Group {
        class: Class::Pair,
        whole: true,
        words: "usernamepasswordcredentials passwordauthentication networkcredential pscredential passwordcredential basiccredentials \
            httpbasicauth setbasicauth getconnection dbi->connect basicauth simple_bind_s simple_bind ldap_bind webcredentials userpass smtp.start sp_addlogin sp_password",
    },
    Group {
        class: Class::Pair,
        whole: false,
        words: ".login .auth .connect ->bind ->__construct plainauth .bind_s .bind",
    },
    // Of sendmail, ZooKeeper, Redis, Exim, PHP, WebDriver, WebLogic, X.400, and addresses as one number.
    Group {
        class: Class::Syntax,
        whole: false,
        words: "passwordeval passcmd password_command passcommand passeval password_cmd connect(\" authentication?username= kind:_secret kind\":\"secret vault_kv_put vault_kv_patch vault_write failing_row_contains_( parameters:_$1 duplicate_entry_' duplicate_key_value_is_( -macbook -laptop -notebook -iphone )_!=_' authentication_simple_\" \"auth\":\" \"p: \"p= eq_{$auth eqi_{$auth sanitize-payload_> _on_> _off_> _nopass_> _resetpass_> \"auth\"_\" digest\",_\" t3:// t3s:// .ip6.arpa .ipv6-literal.net /s= /g= ;s= ;g=",
    },
    Group {
        class: Class::Syntax,
        whole: true,
        words: "connect( param_1: other_users/ andere_benutzer/ autres_utilisateurs/ otros_usuarios/ altri_utenti/ shared/ shared_folders/ user/ client_send setuser mysqli_connect( mysql_connect( mysqli( pdo( imap_open( openrowset( sendkeys(\" send_keys(\" \
            sendkeys(' send_keys(' real_connect( user/picker? users/picker? ip client_ip remote_ip source_ip src_ip ip_address ipaddr remote_addr client_address \
            host/user host/role host/login server/user laptop- notebook- desktop- lap- nb- pc- ws- database/role database/user db/role db/user realm/user connection_pool pool",
    },
    Group { class: Class::PasswordOption, whole: true, words: "-p" },
    Group { class: Class::Command(Command::Authenticate), whole: true, words: "authenticate auth" },
    Group { class: Class::Command(Command::Apop), whole: true, words: "apop" },
    Group {
        class: Class::Command(Command::Envelope),
        whole: true,
        words: "mail_from:< rcpt_to:< to=< from=< return-path:_< vrfy expn",
    },
    Group { class: Class::Command(Command::Prompt), whole: true, words: "334" },
    Group { class: Class::Command(Command::Client), whole: true, words: "c: >>>" },
];
