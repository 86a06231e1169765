/* notice_words_table.h - WORD(name, English, Korean): all words of messages; nothing else has any.
 */
/* clang-format off */
WORD(LEVEL_NONE,          "no level",       "등급 없음")
WORD(LEVEL_INFORMATIONAL, "informational",  "정보")
WORD(LEVEL_LOW,           "low",            "낮음")
WORD(LEVEL_MEDIUM,        "medium",         "중간")
WORD(LEVEL_HIGH,          "high",           "높음")
WORD(LEVEL_CRITICAL,      "critical",       "심각")
WORD(WHO,                 "who",            "주체")
WORD(ACCOUNT,             "account",        "계정")
WORD(WHEN,                "when",           "시각")
WORD(UNTIL,               "to",             "~")
WORD(EVENTS,              "events",         "이벤트 수")
WORD(CALLS,               "calls",          "호출")
WORD(ADDRESSES,           "from",           "발신 주소")
WORD(REGIONS,             "regions",        "리전")
WORD(ERRORS,              "errors",         "오류")
WORD(REOPENED,            "it was resolved, and went on", "해결되었다가 다시 발생함")
WORD(MORE,                "more",           "자세히")
WORD(UNKNOWN,             "not known",      "알 수 없음")
WORD(TEST_TITLE,          "A test of notifications", "알림 시험")
WORD(TEST_TEXT,           "Nothing happened: somebody asked whether this target is reached.", "실제 사건이 아닙니다. 이 대상에 도달하는지 확인하는 시험입니다.")
/* clang-format on */
