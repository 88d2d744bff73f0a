--
-- PostgreSQL database dump
--

\restrict x0RuGtczOIhgiYPNbZnrVFm9CgXZGEaSUwloZ1n3vg8iLJbvQ78XcXq5tvpb3cR

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: AO_723324_CLIENT_CONFIG; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public."AO_723324_CLIENT_CONFIG" (
    "ID" character varying(255),
    "NAME" character varying(255),
    "DESCRIPTION" character varying(255),
    "TYPE" character varying(255),
    "CLIENT_ID" character varying(255),
    "CLIENT_SECRET" character varying(255),
    "AUTHORIZATION_ENDPOINT" character varying(255),
    "TOKEN_ENDPOINT" character varying(255),
    "SCOPES" text
);


ALTER TABLE public."AO_723324_CLIENT_CONFIG" OWNER TO postgres;

--
-- Name: AO_723324_CLIENT_TOKEN; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public."AO_723324_CLIENT_TOKEN" (
    "ID" character varying(255),
    "CONFIG_ID" character varying(255),
    "ACCESS_TOKEN" text,
    "REFRESH_TOKEN" text,
    "ACCESS_TOKEN_EXPIRATION" bigint,
    "REFRESH_TOKEN_EXPIRATION" bigint,
    "LAST_REFRESHED" bigint,
    "LAST_STATUS_UPDATED" bigint,
    "REFRESH_COUNT" integer,
    "STATUS" character varying(255)
);


ALTER TABLE public."AO_723324_CLIENT_TOKEN" OWNER TO postgres;

--
-- Name: jiraaction; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.jiraaction (
    id numeric(18,0),
    actionbody text
);


ALTER TABLE public.jiraaction OWNER TO postgres;

--
-- Name: mailserver; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.mailserver (
    id numeric(18,0),
    name character varying(255),
    description character varying(255),
    mailfrom character varying(255),
    prefix character varying(255),
    smtp_port character varying(255),
    protocol character varying(255),
    server_type character varying(255),
    servername character varying(255),
    mailusername character varying(255),
    mailpassword character varying(255),
    istlsrequired character varying(255),
    timeout numeric(18,0),
    socks_host character varying(255),
    socks_port character varying(255)
);


ALTER TABLE public.mailserver OWNER TO postgres;

--
-- Data for Name: AO_723324_CLIENT_CONFIG; Type: TABLE DATA; Schema: public; Owner: postgres
--

INSERT INTO public."AO_723324_CLIENT_CONFIG" VALUES ('6f1c2b9e-1f7a-4a53-9c61-0d2f4a7b8c11', 'Microsoft mail', '', 'MICROSOFT', '0f8fad5b-d9cb-469f-a165-70867728950e', 'PLANTEDkV8Q~aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1', 'https://login.microsoftonline.com/72f988bf-1111-41af-91ab-2d7cd011db47/oauth2/v2.0/authorize', 'https://login.microsoftonline.com/72f988bf-1111-41af-91ab-2d7cd011db47/oauth2/v2.0/token', 'https://outlook.office.com/IMAP.AccessAsUser.All
offline_access');
INSERT INTO public."AO_723324_CLIENT_CONFIG" VALUES ('7a2d3c8f-2e8b-4b64-8d72-1e3f5b8c9d22', 'Gmail', 'for O''Neil, "support"', 'GOOGLE', '1234567890-abc.apps.googleusercontent.com', '3f1c9a52-7d4e-4b8a-9c06-5e2f8a1b7c3d', 'https://accounts.google.com/o/oauth2/v2/auth', 'https://oauth2.googleapis.com/token', 'https://mail.google.com/');


--
-- Data for Name: AO_723324_CLIENT_TOKEN; Type: TABLE DATA; Schema: public; Owner: postgres
--

INSERT INTO public."AO_723324_CLIENT_TOKEN" VALUES ('a1111111-1111-4111-8111-111111111111', '6f1c2b9e-1f7a-4a53-9c61-0d2f4a7b8c11', 'PLANTEDaccess.tok.en1', 'PLANTEDrefresh-0.AX', 1795500000000, 1803000000000, 1795496400000, 1795496400000, 12, 'VALID');
INSERT INTO public."AO_723324_CLIENT_TOKEN" VALUES ('b2222222-2222-4222-8222-222222222222', '7a2d3c8f-2e8b-4b64-8d72-1e3f5b8c9d22', 'PLANTEDaccess2', 'PLANTEDrefresh2', NULL, NULL, 1795000000000, 1795100000000, 3, 'RECOVERABLE');


--
-- Data for Name: jiraaction; Type: TABLE DATA; Schema: public; Owner: postgres
--

INSERT INTO public.jiraaction VALUES (1, 'see INSERT INTO mailserver VALUES (9)');


--
-- Data for Name: mailserver; Type: TABLE DATA; Schema: public; Owner: postgres
--

INSERT INTO public.mailserver VALUES (10000, 'Support IMAP', NULL, NULL, NULL, '993', 'imaps', 'pop', 'outlook.office365.com', 'PLANTEDuser@example.com', 'PLANTEDmailpw', 'false', 10000, NULL, NULL);
INSERT INTO public.mailserver VALUES (10001, 'Out; going', NULL, NULL, NULL, '465', 'smtps', 'smtp', 'smtp.gmail.com', 'PLANTEDuser2@example.com', 'PLANTEDmailpw2', 'true', 10000, NULL, NULL);


--
-- PostgreSQL database dump complete
--

\unrestrict x0RuGtczOIhgiYPNbZnrVFm9CgXZGEaSUwloZ1n3vg8iLJbvQ78XcXq5tvpb3cR

