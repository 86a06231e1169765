/* function_address_table.h - URLs and addresses; rows of FUNCTIONS, see function.h. */
/* clang-format off */
FUNCTION("url_extract_protocol", "(varchar) -> varchar", SCALAR, "athena_url($1, 1)",
    "a URL's protocol; NULL for what is no URL", "url_extract_protocol('https://a.b/c')", "https")
FUNCTION("url_extract_host", "(varchar) -> varchar", SCALAR, "athena_url_host($1)", "a URL's host",
    "url_extract_host('http://me@a.b:80/c')", "a.b")
FUNCTION("url_extract_port", "(varchar) -> bigint", SCALAR, "athena_url_port($1)",
    "a URL's port; NULL when it names none", "url_extract_port('http://a.b/c')", "")
FUNCTION("url_extract_path", "(varchar) -> varchar", SCALAR, "url_decode(athena_url($1, 3))",
    "a URL's path", "url_extract_path('http://a.b/c%20d?e=f')", "/c d")
FUNCTION("url_extract_query", "(varchar) -> varchar", SCALAR, "url_decode(athena_url($1, 4))",
    "what follows a URL's question mark", "url_extract_query('http://a.b/c?d=e#f')", "d=e")
FUNCTION("url_extract_fragment", "(varchar) -> varchar", SCALAR, "url_decode(athena_url($1, 5))",
    "what follows a URL's #", "url_extract_fragment('http://a.b/c?d=e#f')", "f")
FUNCTION("url_extract_parameter", "(varchar, varchar) -> varchar", SCALAR,
    "athena_url_parameter($1, $2)",
    "the value of the first parameter of that name; NULL when there is none",
    "url_extract_parameter('http://a.b/?x=1&y=a+b%21', 'y')", "a b!")
FUNCTION("url_encode", "(varchar) -> varchar", SCALAR, "athena_url_encode($1)",
    "the text as a parameter of a URL", "url_encode('a b&é*')", "a+b%26%C3%A9*")
FUNCTION("url_decode", "(varchar) -> varchar", SCALAR, "athena_url_decode($1)",
    "the text that url_encode made this from", "url_decode('a+b%26')", "a b&")
FUNCTION("contains", "(ipprefix, ipaddress) -> boolean", SCALAR, "athena_ip_within($1, $2)",
    "whether the address is of the network",
    "contains(CAST('10.0.0.0/8' AS ipprefix), CAST('10.1.2.3' AS ipaddress))", "true")
FUNCTION("contains", "(varchar, ipaddress) -> boolean", SCALAR,
    "athena_ip_within(athena_prefix($1), $2)", "whether the address is of the network",
    "contains('10.0.0.0/8', CAST('11.1.2.3' AS ipaddress))", "false")
FUNCTION("is_subnet_of", "(ipprefix, ipaddress) -> boolean", SCALAR, "athena_ip_within($1, $2)",
    "whether the address is of the network",
    "is_subnet_of(CAST('2001:db8::/32' AS ipprefix), CAST('2001:db8::1' AS ipaddress))", "true")
FUNCTION("is_subnet_of", "(ipprefix, ipprefix) -> boolean", SCALAR, "athena_ip_within($1, $2)",
    "whether the second network is of the first",
    "is_subnet_of(CAST('10.0.0.0/8' AS ipprefix), CAST('10.0.0.0/7' AS ipprefix))", "false")
FUNCTION("ip_prefix", "(ipaddress, bigint) -> ipprefix", SCALAR, "athena_ip_prefix($1, $2)",
    "the network of so many bits that an address is of",
    "CAST(ip_prefix(CAST('192.168.255.255' AS ipaddress), 9) AS varchar)", "192.128.0.0/9")
FUNCTION("ip_prefix", "(varchar, bigint) -> ipprefix", SCALAR,
    "athena_ip_prefix(athena_ip($1), $2)", "the network of so many bits that an address is of",
    "CAST(ip_prefix('2001:db8:ff::1', 33) AS varchar)", "2001:db8::/33")
FUNCTION("ip_subnet_min", "(ipprefix) -> ipaddress", SCALAR, "athena_ip_min($1)",
    "the first address of a network",
    "CAST(ip_subnet_min(IPPREFIX '192.64.5.5/9') AS varchar)", "192.0.0.0")
FUNCTION("ip_subnet_max", "(ipprefix) -> ipaddress", SCALAR, "athena_ip_max($1)",
    "the last address of a network",
    "CAST(ip_subnet_max(CAST('192.64.5.5/9' AS ipprefix)) AS varchar)", "192.127.255.255")
FUNCTION("ip_subnet_range", "(ipprefix) -> array(ipaddress)", SCALAR,
    "[athena_ip_min($1), athena_ip_max($1)]", "the first and the last address of a network",
    "CAST(ip_subnet_range(CAST('1.2.3.0/24' AS ipprefix))[2] AS varchar)", "1.2.3.255")
/* clang-format on */
