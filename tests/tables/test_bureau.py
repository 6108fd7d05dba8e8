"""Exports of the National Bureau of Statistics: what the titles say needs no setting."""

import pytest

import hengdian_index as hi
from hengdian_index._tables.read_file import read_table

INDEX = hi.Index(unit="地区", period="年份", groups=[hi.Group("g")], indicators=[hi.Indicator("用电量", "g")])
REGIONS = (
    "数据库：分省年度数据\n指标：{title}(亿千瓦时)\n时间：最近3年\n"
    "地区,2021年,2020年\n甲省,5,4\n乙省,9,8\n数据来源：国家统计局\n"
)
ONE = "数据库：分省季度数据\n地区：甲省\n指标,2021年第四季度,2021年第三季度\n用电量(亿千瓦时),5,4\n注：快报\n"


def computed(folder, text):
    (folder / "t.csv").write_bytes(text.encode("gb18030"))
    return INDEX.compute(read_table(folder / "t.csv", ["地区"], columns=INDEX.columns))


def test_regions_in_rows_are_of_the_indicator_in_the_title(tmp_path):
    result = computed(tmp_path, REGIONS.format(title="用电量"))
    assert result.panel.n == 4
    assert "indicator '用电量' of every row is said by the title" in " ".join(line.why for line in result.entries)


def test_a_title_of_another_indicator_is_not_taken_for_it(tmp_path):
    with pytest.raises(hi.DataError, match='value = "用电量"'):
        computed(tmp_path, REGIONS.format(title="发电量"))


def test_the_one_region_of_an_export_is_in_its_title(tmp_path):
    result = computed(tmp_path, ONE)
    assert result.panel.unit_list() == ["甲省", "甲省"]
    assert sorted(result.panel.periods.text) == ["2021Q3", "2021Q4"]
