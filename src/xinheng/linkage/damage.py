"""What happens to names and codes on the way: scans, typing, copying. Pure; only the evaluation uses it.

The simulators must not know what the matching knows, or the evaluation would praise its own tables. So the first
family, ``scan``, takes its misreadings from data/scan_confusions.txt (other typefaces, pictures read by the nearest
template, most of it noise; see tools/scan_confusions.py), from characters drawn without any likeness, and from
parts of characters written here by hand. The second, ``scan_by_table``, uses the kernel's table, to see what the
table is worth. ``typed`` takes other characters of the same reading from data/sounds.txt.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources

from xinheng.kernel import likeness

__all__ = [
    "CODE_DAMAGE",
    "GRADES",
    "errors_for",
    "misread",
    "org_part",
    "rewritten",
    "scan",
    "scan_by_table",
    "traditional",
    "typed",
]

GRADES = ("light", "medium", "bad")
"""One error, two, and three or more in a name of about twelve characters."""

_SPECKS = "、。·.,'`-_|*~^：;\"°"
# Characters that fall apart into two on a scan with wide letter spacing, and run together where it is narrow
_WRITTEN_APART = (
    "明日月 林木木 好女子 相木目 和禾口 江氵工 海氵每 淮氵隹 洋氵羊 油氵由 湖氵胡 源氵原 信亻言 保亻呆 作亻乍 化亻匕 佳亻圭 伟亻韦 健亻建 仁亻二 村木寸 松木公 桥木乔 材木才 机木几 械木戒 "
    "时日寸 昌日日 红纟工 纺纟方 织纟只 线纟戋 绿纟录 铁钅失 钢钅冈 锦钅帛 银钅艮 铜钅同 锋钅夆 地土也 城土成 培土咅 坤土申 张弓长 弘弓厶 强弓虽 设讠殳 计讠十 讯讠卂 诚讠成 谊讠宜 刘文刂 "
    "利禾刂 创仓刂 种禾中 科禾斗 程禾呈 购贝勾 贩贝反 财贝才 赐贝易 欣斤欠 新亲斤 鸿江鸟 鹏朋鸟 顺川页 饮饣欠 馆饣官 饰饣布 加力口 如女口 姚女兆 妙女少 放方攵 政正攵 致至攵 数娄攵 胜月生 "
    "朋月月 腾月马 辉光军 耀光翟 旷日广 昕日斤 昭日召 晖日军 期其月 朗良月 胡古月 湘氵相 汉氵又 汇氵匚 沪氵户 路足各 跃足夭 达大辶 运云辶 远元辶 连车辶 递弟辶 珠王朱 球王求 瑞王耑 玛王马 "
    "理王里 琪王其 邦丰阝 部咅阝 都者阝 阳阝日 陈阝东 陵阝夌 防阝方 码石马 砖石专 确石角 硕石页"
)
_APART = {word[0]: word[1:] for word in _WRITTEN_APART.split(" ")}
_TOGETHER = {parts: whole for whole, parts in _APART.items()}

# Simplified and traditional, the commonest in names; written by hand so that it is not the kernel's own table back
_TRADITIONAL = str.maketrans(
    "国业贸经华发实电机设备产东广汇龙凤兴荣艺纺织织线纸药医疗学园图书馆饰装厂车运输输轮动劳务劝办会计师"
    "邮讯话网络软硬体质监检测验评价资财贝购货销账贷款银钱铁钢铜锌锦长门闻问间闲阳阴陈际隆马驰鸟鸡鸭鱼鲜"
    "麦面饮饭馆县区乡镇铺岛岭峡滨涛润泽济渔温湿热爱亿仪优伟传众万与专丰临为义乐习亚产亲仓价伦侨储儿兰关"
    "养农军冲决况净凯创别刘剑剧劲势协单卖卫历县参双变号叶启员响团场块坚坛垒壮声处复头夺奖宁宝审宽对导寿将"
    "层属岗师带帮庄庆应库庐开异归当录彻态总恒恳战护报担拥择据损换摆摄数旧时显晋晓术杂权条来杨极构枣标栋树"
    "样桥梦楼欢气汉沟沪泸浅浆浓涂涌渊港满灭灯灵炉点炼烂焕环现玛玮珑琼画疆皑盐盖盘确码砖础礼离种积称稳窝竞"
    "笔笋签简粮紧红级纯纳纵纷纺组细终绍经结绕绘给绝统绢继绩续绮绯绿维绵综缘缤罗联职肃肤胜脉脑腾舰舱艳节苏"
    "苹范茧荐荣莱莲莹营萨蓝蔷蕴虑虾蚁补观规视览觉触誉认讨让训议记讲许论设访证诊词译试诗诚详语误说请诸诺课"
    "调谈谊谢谦谱贝贞负贡财责贤败货质贩贯贵费贺赁资赋赌赏赔赛赞赢赵跃践车轨轩转轮软轴载较辅辆辈辉输辽达迁"
    "过迈运还这进远违连迟适选递逻遗邓郑郸酱释里鉴针钉钙钟钠钢钥钦钩钮钻铃铅银铝铭锁锅锋锐锡锣错键锻镀镇镜",
    "國業貿經華發實電機設備產東廣匯龍鳳興榮藝紡織織線紙藥醫療學園圖書館飾裝廠車運輸輸輪動勞務勸辦會計師"
    "郵訊話網絡軟硬體質監檢測驗評價資財貝購貨銷賬貸款銀錢鐵鋼銅鋅錦長門聞問間閒陽陰陳際隆馬馳鳥雞鴨魚鮮"
    "麥麵飲飯館縣區鄉鎮鋪島嶺峽濱濤潤澤濟漁溫濕熱愛億儀優偉傳眾萬與專豐臨為義樂習亞產親倉價倫僑儲兒蘭關"
    "養農軍衝決況淨凱創別劉劍劇勁勢協單賣衛歷縣參雙變號葉啟員響團場塊堅壇壘壯聲處復頭奪獎寧寶審寬對導壽將"
    "層屬崗師帶幫莊慶應庫廬開異歸當錄徹態總恆懇戰護報擔擁擇據損換擺攝數舊時顯晉曉術雜權條來楊極構棗標棟樹"
    "樣橋夢樓歡氣漢溝滬瀘淺漿濃塗湧淵港滿滅燈靈爐點煉爛煥環現瑪瑋瓏瓊畫疆皚鹽蓋盤確碼磚礎禮離種積稱穩窩競"
    "筆筍簽簡糧緊紅級純納縱紛紡組細終紹經結繞繪給絕統絹繼績續綺緋綠維綿綜緣繽羅聯職肅膚勝脈腦騰艦艙豔節蘇"
    "蘋範繭薦榮萊蓮瑩營薩藍薔蘊慮蝦蟻補觀規視覽覺觸譽認討讓訓議記講許論設訪證診詞譯試詩誠詳語誤說請諸諾課"
    "調談誼謝謙譜貝貞負貢財責賢敗貨質販貫貴費賀賃資賦賭賞賠賽贊贏趙躍踐車軌軒轉輪軟軸載較輔輛輩輝輸遼達遷"
    "過邁運還這進遠違連遲適選遞邏遺鄧鄭鄲醬釋里鑒針釘鈣鐘鈉鋼鑰欽鉤鈕鑽鈴鉛銀鋁銘鎖鍋鋒銳錫鑼錯鍵鍛鍍鎮鏡",
)


@cache
def _confusions() -> dict[str, tuple[str, tuple[int, ...]]]:
    """Per character what a bad scan was read as, with counts."""
    out: dict[str, tuple[str, tuple[int, ...]]] = {}
    for line in _lines("scan_confusions.txt"):
        char, *read = line.split(" ")
        pairs = [one.split(":") for one in read]
        out[char] = ("".join(seen for seen, _ in pairs), tuple(int(times) for _, times in pairs))
    return out


@cache
def _same_sound() -> dict[str, str]:
    groups = [line.split(" ")[1] for line in _lines("sounds.txt")]
    return {char: group for group in groups for char in group}


@cache
def _common() -> str:
    """The 3,755 commonest characters: the first level of GB 2312."""
    rows = range(0xB0, 0xD8)
    chars = (
        bytes((row, cell)) for row in rows for cell in range(0xA1, 0xFF) if not (row == 0xD7 and cell > 0xF9)
    )
    return b"".join(chars).decode("gb2312")


@cache
def _looks() -> dict[str, str]:
    """Per common character those the kernel's table calls alike."""
    return {char: "".join(one for one in likeness.looks_like(char) if one != char) for char in _common()}


def _lines(name: str) -> list[str]:
    text = resources.files("xinheng.linkage").joinpath(f"data/{name}").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def errors_for(text: str, grade: str) -> int:
    """How many errors a grade puts into a text of this length; at least one, never more than half of it."""
    per_twelve = {"light": 1.0, "medium": 2.0, "bad": 3.5}[grade]
    return max(1, min(len(text) // 2, round(per_twelve * len(text) / 12)))


def misread(char: str, rng: random.Random) -> str:
    """What a bad scan of one character is read as; a stranger where the simulated reader never failed."""
    seen, counts = _confusions().get(char, ("", ()))
    return rng.choices(seen, counts)[0] if seen else rng.choice(_common())


def _substituted(choose: Callable[[str, random.Random], str]) -> Callable[[str, random.Random], str]:
    def substitute(text: str, rng: random.Random) -> str:
        at = _place(text, rng)
        return text[:at] + choose(text[at], rng) + text[at + 1 :]

    return substitute


def _stranger(char: str, rng: random.Random) -> str:
    return rng.choice(_common())


def _by_table(char: str, rng: random.Random) -> str:
    known = _looks().get(char, "")
    return rng.choice(known) if known else rng.choice(_common())


def _by_sound(char: str, rng: random.Random) -> str:
    others = [one for one in _same_sound().get(char, "") if one != char]
    # A typist takes what the list shows first: common characters stand first in every group
    return others[min(int(rng.expovariate(0.35)), len(others) - 1)] if others else char


def _dropped(text: str, rng: random.Random) -> str:
    at = _place(text, rng)
    return text[:at] + text[at + 1 :]


def _doubled(text: str, rng: random.Random) -> str:
    at = _place(text, rng)
    return text[: at + 1] + text[at:]


def _swapped(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) - 1)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _inserted(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(_common()) + text[at:]


def _torn(text: str, rng: random.Random) -> str:
    """Two characters run together, or one falls apart; a dropped one where neither can be."""
    pairs = [at for at in range(len(text) - 1) if text[at : at + 2] in _TOGETHER]
    if pairs and rng.random() < 0.5:
        at = rng.choice(pairs)
        return text[:at] + _TOGETHER[text[at : at + 2]] + text[at + 2 :]
    whole = [at for at, char in enumerate(text) if char in _APART]
    if not whole:
        return _dropped(text, rng)
    at = rng.choice(whole)
    return text[:at] + _APART[text[at]] + text[at + 1 :]


def _tail_lost(text: str, rng: random.Random) -> str:
    return text[: -rng.randint(1, 3)] if len(text) > 6 else text[:-1]


def _specked(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(_SPECKS) + text[at:]


def _broken(text: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(text))
    return text[:at] + rng.choice((" ", "\n", "\r\n", "　")) + text[at:]


_Change = Callable[[str, random.Random], str]
_COPIED: tuple[tuple[_Change, int], ...] = (
    (_dropped, 9), (_doubled, 3), (_torn, 6), (_tail_lost, 4), (_specked, 6), (_broken, 5), (_swapped, 2), (_inserted, 2),
)  # fmt: skip
_SCAN = ((_substituted(misread), 50), (_substituted(_stranger), 13), *_COPIED)
_SCAN_TABLE = ((_substituted(_by_table), 63), *_COPIED)
_TYPED = ((_substituted(_by_sound), 70), (_dropped, 10), (_swapped, 7), (_doubled, 5), (_inserted, 4), (_substituted(_stranger), 4))  # fmt: skip


def _place(text: str, rng: random.Random) -> int:
    return rng.randrange(len(text))


def _damaged(text: str, grade: str, rng: random.Random, ways: Sequence[tuple[_Change, int]]) -> str:
    """As many errors as the grade says; the result differs from the text and keeps two characters."""
    changes, weights = [way for way, _ in ways], [weight for _, weight in ways]
    out = text
    for _ in range(errors_for(text, grade)):
        if len(out) < 3:
            break
        out = rng.choices(changes, weights)[0](out, rng)
    return out if out != text else _substituted(_stranger)(text, rng)


def scan(text: str, grade: str, rng: random.Random) -> str:
    """A bad scan that knows nothing of the kernel's table."""
    return _damaged(text, grade, rng, _SCAN)


def scan_by_table(text: str, grade: str, rng: random.Random) -> str:
    """A scan whose misreadings are those the kernel's table expects; everything else as in :func:`scan`."""
    return _damaged(text, grade, rng, _SCAN_TABLE)


def typed(text: str, grade: str, rng: random.Random) -> str:
    """Typed by sound: other characters of the same reading, and a typist's slips."""
    return _damaged(text, grade, rng, _TYPED)


def traditional(text: str) -> str:
    """The name in traditional characters, as far as the list above knows them."""
    return text.translate(_TRADITIONAL)


def rewritten(text: str, rng: random.Random) -> str:
    """The same name in another hand: widths, brackets, spaces, breaks, invisible characters, dots; no error in it."""
    wide: dict[str, str | int | None] = (
        {"(": "（", ")": "）"} if rng.random() < 0.5 else {"（": "(", "）": ")", "(": "〔", ")": "〕"}
    )
    out = text.translate(str.maketrans(wide))
    for _ in range(rng.randint(0, 2)):
        at = rng.randrange(1, len(out))
        out = out[:at] + rng.choice((" ", "　", "\u200b", "\n", "\ufeff", "\u00a0")) + out[at:]
    if rng.random() < 0.3:
        out = "".join(chr(ord(c) + 0xFEE0) if "0" <= c <= "9" or "A" <= c <= "Z" else c for c in out)
    return out


def _masked(code: str, rng: random.Random) -> str:
    start, length = rng.randint(4, 10), rng.randint(3, 6)
    return code[:start] + "*" * length + code[start + length :]


def _one_wrong(code: str, rng: random.Random) -> str:
    at = rng.randrange(len(code))
    return (
        code[:at]
        + rng.choice([c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if c != code[at]])
        + code[at + 1 :]
    )


def _code_swapped(code: str, rng: random.Random) -> str:
    places = [at for at in range(len(code) - 1) if code[at] != code[at + 1]]
    at = rng.choice(places) if places else 0
    return code[:at] + code[at + 1] + code[at] + code[at + 2 :]


def org_part(code: str, rng: random.Random) -> str:
    """Only the organisation code (characters 9 to 17), as old lists print it."""
    part = code[8:17]
    return f"{part[:8]}-{part[8]}" if rng.random() < 0.5 else part


def _short(code: str, rng: random.Random) -> str:
    at = rng.randrange(len(code))
    return code[:at] + code[at + 1 :]


def _letters_for_digits(code: str, rng: random.Random) -> str:
    swaps = {"0": "O", "1": "I", "2": "Z", "5": "S"}
    return "".join(swaps.get(c, c) if rng.random() < 0.5 else c for c in code)


CODE_DAMAGE: dict[str, Callable[[str, random.Random], str]] = {
    "masked": _masked,
    "one wrong": _one_wrong,
    "swapped": _code_swapped,
    "organisation part": org_part,
    "one missing": _short,
    "lower case": lambda code, rng: code.lower(),
    "copy number behind": lambda code, rng: code + rng.choice(("(1-1)", "（1-1）", " 1/1", "(1/1)")),
    "broken": lambda code, rng: code[:8] + rng.choice((" ", "\n", "-")) + code[8:],
    "letters for digits": _letters_for_digits,
}
"""Ways a code is damaged on the way, each by its name."""
