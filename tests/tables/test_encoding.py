"""Which letters bytes are: Chinese files and Western ones, told apart."""

import pytest

from hengdian_index._tables.encoding import decoded

CHINESE = ["年份,产值\n2020,1", "A股,B股\n沪,1", "城市,GDP增长率\n喆里,2"]
WESTERN = ["España", "Perú", "Åland", "Lääne,Võru", "São Tomé", "Müller,Köln", "naïve", "Curaçao"]


@pytest.mark.parametrize("text", CHINESE)
@pytest.mark.parametrize(
    ("encoding", "called"), [("gb18030", "GB18030"), ("utf-8", ""), ("utf-8-sig", ""), ("utf-16", "UTF-16")]
)
def test_chinese(text, encoding, called):
    assert decoded(text.encode(encoding)) == (text, called)


@pytest.mark.parametrize("text", WESTERN)
@pytest.mark.parametrize(("encoding", "called"), [("cp1252", "Windows-1252"), ("utf-8", "")])
def test_western(text, encoding, called):
    text = f"place,x\n{text},1\n"
    assert decoded(text.encode(encoding)) == (text, called)


@pytest.mark.parametrize("data", [b"\x00\x01\x02\x03", b"PK\x03\x04\xff\x00", b"\x81\x8d\x81"])
def test_what_is_no_text(data):
    with pytest.raises(UnicodeError):
        decoded(data)
