/* function_bytes_table.h - functions over bytes; rows of FUNCTIONS, see function.h. */
/* clang-format off */
FUNCTION("to_hex", "(varbinary) -> varchar", SCALAR, "hex($1)", "bytes as hexadecimal digits",
    "to_hex(X'00ff')", "00FF")
FUNCTION("from_hex", "(varchar) -> varbinary", SCALAR, "athena_from_hex($1)",
    "the bytes that hexadecimal digits spell; fails for an odd number of them", "from_hex('abc')",
    "error: input length must be an even number")
FUNCTION("to_base64", "(varbinary) -> varchar", SCALAR, "to_base64($1)", "bytes in base 64",
    "to_base64(to_utf8('abcd'))", "YWJjZA==")
FUNCTION("from_base64", "(varchar) -> varbinary", SCALAR, "from_base64($1)",
    "the bytes that a text in base 64 spells", "from_utf8(from_base64('YWJjZA=='))", "abcd")
FUNCTION("to_base64url", "(varbinary) -> varchar", SCALAR,
    "replace(replace(to_base64($1), '+', '-'), '/', '_')",
    "bytes in base 64 with the alphabet of URLs", "to_base64url(X'fbff')", "-_8=")
FUNCTION("from_base64url", "(varchar) -> varbinary", SCALAR,
    "from_base64(replace(replace($1, '-', '+'), '_', '/'))",
    "the bytes that a text in base 64 with the alphabet of URLs spells",
    "to_hex(from_base64url('-_8='))", "FBFF")
FUNCTION("to_utf8", "(varchar) -> varbinary", SCALAR, "encode($1)", "a text's bytes",
    "to_hex(to_utf8('é'))", "C3A9")
FUNCTION("from_utf8", "(varbinary) -> varchar", SCALAR, "athena_from_utf8($1)",
    "bytes as a text; what is no UTF-8 becomes U+FFFD", "from_utf8(X'61ff62')", "a�b")
FUNCTION("md5", "(varbinary) -> varbinary", SCALAR, "unhex(md5($1))", "the MD5 hash",
    "to_hex(md5(to_utf8('a')))", "0CC175B9C0F1B6A831C399E269772661")
FUNCTION("sha1", "(varbinary) -> varbinary", SCALAR, "unhex(sha1($1))", "the SHA-1 hash",
    "to_hex(sha1(to_utf8('a')))", "86F7E437FAA5A7FCE15D1DDCB9EAEAEA377667B8")
FUNCTION("sha256", "(varbinary) -> varbinary", SCALAR, "unhex(sha256($1))", "the SHA-256 hash",
    "to_hex(sha256(to_utf8('a')))",
    "CA978112CA1BBDCAFAC231B39A23DC4DA786EFF8147C4E72B9807785AFEE48BB")
FUNCTION("sha512", "(varbinary) -> varbinary", SCALAR, "athena_sha512($1)", "the SHA-512 hash",
    "to_hex(sha512(to_utf8('')))",
    "CF83E1357EEFB8BDF1542850D66D8007D620E4050B5715DC83F4A921D36CE9CE"
    "47D0D13C5D85F2B0FF8318D2877EEC2F63B931BD47417A81A538327AF927DA3E")
FUNCTION("crc32", "(varbinary) -> bigint", SCALAR, "athena_crc32($1)", "the CRC-32",
    "crc32(to_utf8('a'))", "3904355907")
FUNCTION("xxhash64", "(varbinary) -> varbinary", SCALAR, "athena_xxhash64($1)",
    "the XXH64 hash, its highest byte first", "to_hex(xxhash64(to_utf8('')))", "EF46DB3751D8E999")
/* clang-format on */
