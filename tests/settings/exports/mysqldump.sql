/*M!999999\- enable the sandbox mode */ 
-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: j
-- ------------------------------------------------------
-- Server version	10.11.19-MariaDB-0+deb12u1

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40101 SET NAMES utf8mb4 */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;

--
-- Table structure for table `AO_723324_CLIENT_CONFIG`
--

DROP TABLE IF EXISTS `AO_723324_CLIENT_CONFIG`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `AO_723324_CLIENT_CONFIG` (
  `ID` varchar(255) DEFAULT NULL,
  `NAME` varchar(255) DEFAULT NULL,
  `DESCRIPTION` varchar(255) DEFAULT NULL,
  `TYPE` varchar(255) DEFAULT NULL,
  `CLIENT_ID` varchar(255) DEFAULT NULL,
  `CLIENT_SECRET` varchar(255) DEFAULT NULL,
  `AUTHORIZATION_ENDPOINT` varchar(255) DEFAULT NULL,
  `TOKEN_ENDPOINT` varchar(255) DEFAULT NULL,
  `SCOPES` text DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `AO_723324_CLIENT_CONFIG`
--

LOCK TABLES `AO_723324_CLIENT_CONFIG` WRITE;
/*!40000 ALTER TABLE `AO_723324_CLIENT_CONFIG` DISABLE KEYS */;
INSERT INTO `AO_723324_CLIENT_CONFIG` VALUES
('6f1c2b9e-1f7a-4a53-9c61-0d2f4a7b8c11','Microsoft mail','','MICROSOFT','0f8fad5b-d9cb-469f-a165-70867728950e','PLANTEDkV8Q~aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1','https://login.microsoftonline.com/72f988bf-1111-41af-91ab-2d7cd011db47/oauth2/v2.0/authorize','https://login.microsoftonline.com/72f988bf-1111-41af-91ab-2d7cd011db47/oauth2/v2.0/token','https://outlook.office.com/IMAP.AccessAsUser.All\noffline_access'),
('7a2d3c8f-2e8b-4b64-8d72-1e3f5b8c9d22','Gmail','for O\'Neil, \"support\"','GOOGLE','1234567890-abc.apps.googleusercontent.com','3f1c9a52-7d4e-4b8a-9c06-5e2f8a1b7c3d','https://accounts.google.com/o/oauth2/v2/auth','https://oauth2.googleapis.com/token','https://mail.google.com/');
/*!40000 ALTER TABLE `AO_723324_CLIENT_CONFIG` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `AO_723324_CLIENT_TOKEN`
--

DROP TABLE IF EXISTS `AO_723324_CLIENT_TOKEN`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `AO_723324_CLIENT_TOKEN` (
  `ID` varchar(255) DEFAULT NULL,
  `CONFIG_ID` varchar(255) DEFAULT NULL,
  `ACCESS_TOKEN` text DEFAULT NULL,
  `REFRESH_TOKEN` text DEFAULT NULL,
  `ACCESS_TOKEN_EXPIRATION` bigint(20) DEFAULT NULL,
  `REFRESH_TOKEN_EXPIRATION` bigint(20) DEFAULT NULL,
  `LAST_REFRESHED` bigint(20) DEFAULT NULL,
  `LAST_STATUS_UPDATED` bigint(20) DEFAULT NULL,
  `REFRESH_COUNT` int(11) DEFAULT NULL,
  `STATUS` varchar(255) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `AO_723324_CLIENT_TOKEN`
--

LOCK TABLES `AO_723324_CLIENT_TOKEN` WRITE;
/*!40000 ALTER TABLE `AO_723324_CLIENT_TOKEN` DISABLE KEYS */;
INSERT INTO `AO_723324_CLIENT_TOKEN` VALUES
('a1111111-1111-4111-8111-111111111111','6f1c2b9e-1f7a-4a53-9c61-0d2f4a7b8c11','PLANTEDaccess.tok.en1','PLANTEDrefresh-0.AX',1795500000000,1803000000000,1795496400000,1795496400000,12,'VALID'),
('b2222222-2222-4222-8222-222222222222','7a2d3c8f-2e8b-4b64-8d72-1e3f5b8c9d22','PLANTEDaccess2','PLANTEDrefresh2',NULL,NULL,1795000000000,1795100000000,3,'RECOVERABLE');
/*!40000 ALTER TABLE `AO_723324_CLIENT_TOKEN` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `jiraaction`
--

DROP TABLE IF EXISTS `jiraaction`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `jiraaction` (
  `id` decimal(18,0) DEFAULT NULL,
  `actionbody` text DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `jiraaction`
--

LOCK TABLES `jiraaction` WRITE;
/*!40000 ALTER TABLE `jiraaction` DISABLE KEYS */;
INSERT INTO `jiraaction` VALUES
(1,'see INSERT INTO mailserver VALUES (9)');
/*!40000 ALTER TABLE `jiraaction` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `mailserver`
--

DROP TABLE IF EXISTS `mailserver`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `mailserver` (
  `id` decimal(18,0) DEFAULT NULL,
  `name` varchar(255) DEFAULT NULL,
  `description` varchar(255) DEFAULT NULL,
  `mailfrom` varchar(255) DEFAULT NULL,
  `prefix` varchar(255) DEFAULT NULL,
  `smtp_port` varchar(255) DEFAULT NULL,
  `protocol` varchar(255) DEFAULT NULL,
  `server_type` varchar(255) DEFAULT NULL,
  `servername` varchar(255) DEFAULT NULL,
  `mailusername` varchar(255) DEFAULT NULL,
  `mailpassword` varchar(255) DEFAULT NULL,
  `istlsrequired` varchar(255) DEFAULT NULL,
  `timeout` decimal(18,0) DEFAULT NULL,
  `socks_host` varchar(255) DEFAULT NULL,
  `socks_port` varchar(255) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `mailserver`
--

LOCK TABLES `mailserver` WRITE;
/*!40000 ALTER TABLE `mailserver` DISABLE KEYS */;
INSERT INTO `mailserver` VALUES
(10000,'Support IMAP',NULL,NULL,NULL,'993','imaps','pop','outlook.office365.com','PLANTEDuser@example.com','PLANTEDmailpw','false',10000,NULL,NULL),
(10001,'Out; going',NULL,NULL,NULL,'465','smtps','smtp','smtp.gmail.com','PLANTEDuser2@example.com','PLANTEDmailpw2','true',10000,NULL,NULL);
/*!40000 ALTER TABLE `mailserver` ENABLE KEYS */;
UNLOCK TABLES;
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;

/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

-- Dump completed on 2026-11-29  8:31:22
