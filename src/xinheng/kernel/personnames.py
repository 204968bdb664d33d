"""Names of natural persons: is this cell a person's name, and hide third persons' names in free text.

Both are heuristics over a table of surnames and words for people and organisations. They err towards *person*
when a row has no code (such rows are refused and only counted) and towards hiding a name when a word for a
person stands beside it. Text that was hidden keeps the surname (张某某), as published decisions do.
"""

from __future__ import annotations

import re

__all__ = ["NAME_SUSPECT", "is_person_name", "mask_names"]

# The surnames of nearly all holders: the classic hundred and the most frequent ones of the census reports.
_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
    "鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄"
    "和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭"
    "梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚"
    "程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫"
    "宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻"
    "莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易"
    "慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙"
    "乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公仝付肖闫涂代覃兰辜阳帅区青智苟展楚仉笪但庹揭粟撒邝隋初"
    "佟郏来矫户漆要揣迟么战官亓晋冼买尉原税衣门盘刀岳忻刑缑帖禤郇伦次芦种鹿布鄢冶承由巨宛柘佘逢缐才忽"
    "虎尧闪麦普黑"
)
_COMPOUND = frozenset(
    re.findall(
        "..",
        "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容"
        "仲孙钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐"
        "段干百里呼延东郭南门羊舌微生梁丘左丘东门西门第五完颜耶律纳兰叶赫",
    )
)
_HAN = "\u3400-\u9fff〇\U00020000-\U0003fffd"

# A name that ends in one of these is a business, an agency or a place, however short it is.
_ORG_ENDS = frozenset("店馆厂社部行院所站场局校室队吧坊铺厅处组村镇县市区乡委办库仓圈号港矿")
_ORG_WORDS = (
    "公司|中心|集团|商贸|超市|工厂|企业|商行|学校|医院|银行|协会|商会|学会|基金|委员|"
    "政府|机关|法院|大队|支队|分局|合作|农场|养殖|种植|餐饮|饭店|酒店|宾馆|旅馆|药房|"
    "药店|诊所|门诊|便利|批发|零售|经营|加工|维修|汽修|美容|美发|理发|服饰|服装|百货|"
    "商店|商城|商场|市场|广场|食品|小吃|早点|烧烤|火锅|面馆|快餐|茶楼|茶庄|酒楼|农家|"
    "家庭|网吧|幼儿|托管|培训|律师|事务|工作|物流|运输|快递|货运|建材|装饰|装潢|五金|"
    "电器|电子|科技|机械|农资|化肥|种子|农机|粮油|蔬菜|水果|生鲜|烟酒|副食|文具|图书|"
    "书店|打印|广告|传媒|摄影|婚庆|花店|珠宝|眼镜|通讯|手机|电脑|网络|家具|家居|家电|"
    "窗帘|灯饰|木业|石材|油站|气站|客栈|民宿|浴池|足疗|会所|俱乐|棋牌|健身|舞蹈|艺术|"
    "玩具|母婴|童装|鞋业|皮具|针织|纺织|印刷|包装|塑料|制品|股份|有限|个体|工商|门市|"
    "总汇|专卖|代理|服务|家园|小区|业主|农业|林业|渔业|牧业|地产|房产|中介|劳务|保洁|"
    "家政|殡葬"
)
_ORG = re.compile(_ORG_WORDS)
_HIDDEN = re.compile(r"[某*＊×xX○〇]{1,2}(?:[甲乙丙丁])?")
_ASIDE = re.compile(r"[(（](?:男|女|自然人|个人|本人|身份证[^)）]*)[)）]$")


def _surname(name: str) -> str:
    """The surname at the start of ``name``; empty when there is none in the table."""
    if name[:2] in _COMPOUND:
        return name[:2]
    return name[:1] if name[:1] in _SURNAMES else ""


def is_person_name(name: str) -> bool:
    """Whether a cell that should name an organisation holds what looks like a person's name.

    Two to four Chinese characters with a surname in front (four only with a compound or double surname), or a
    name with a middle dot, and no word or ending of an organisation. 张某某 and 张** count as names. A short
    trade name that happens to begin with a surname (金种子) counts too: use it only for rows without a valid
    code. Names in Latin letters are not recognised.

    >>> is_person_name("张三"), is_person_name("欧阳修文"), is_person_name("张三饭店"), is_person_name("张记店")
    (True, True, False, False)
    """
    plain = _ASIDE.sub("", re.sub(r"[\s\u3000]", "", name))
    if _ORG.search(plain):
        return False
    if re.fullmatch(f"[{_HAN}]{{1,10}}(?:[·•・‧．][{_HAN}]{{1,10}})+", plain):
        return plain[-1] not in _ORG_ENDS
    surname = _surname(plain)
    given = plain[len(surname) :]
    if not surname or not given:
        return False
    if _HIDDEN.fullmatch(given):
        return True
    if not re.fullmatch(f"[{_HAN}]{{1,3}}", given) or given[-1] in _ORG_ENDS:
        return False
    return len(given) <= 2 or (len(surname) == 1 and given[0] in _SURNAMES)


# Words a name follows. 当事人 and its like may be the organisation itself: see _is_organisation.
_BEFORE = (
    "法定代表人|法人代表|实际控制人|投资人|负责人|责任人|经营者|业主|店主|老板|店长|经理|"
    "厂长|员工|职工|雇员|工人|民工|司机|驾驶员|驾驶人|押运员|操作工|电工|焊工|受害人|"
    "受害者|被害人|死者|死亡|伤者|受伤|投诉人|投诉者|举报人|举报者|消费者|顾客|患者|病人|"
    "学生|家长|委托代理人|代理人|授权委托人|被委托人|联系人|证人|当事人|申请人|现场负责人|"
    "销售员|业务员|送货员|医生|医师|护士|药师|教师|股东|出纳|会计|询问了|询问|约谈了|约谈|"
    "姓名|户主|房主|居民|村民|经办人|承办人|店员|营业员|安全员"
)
_AFTER = (
    "法定代表人|法人代表|实际控制人|负责人|经营者|店主|员工|职工|雇员|工人|司机|驾驶员|"
    "委托代理人|代理人|死者|伤者|受害人|消费者|患者|投诉人|举报人|投资人|股东|业主|销售员|"
    "业务员"
)
# Characters that do not continue a given name but begin what is said about the person.
_STOPS = frozenset(
    "在的于与和及等已未被将从对向到因为以是不没有称说系经把给让陈述告诉当操使销售出均也都又并而则死签确提供示反映涉嫌造拒负认再受自持驾无擅违进至处由其所该此即"
)
# Words that begin with a surname's character and are not names.
_WORDS = frozenset(
    re.findall(
        "..",
        "安全安排安装高度高处高空高温方面方式方法方案何时何种许可严重严格常年常见时间时候成立成为成品解除"
        "解释经营经理经济经过任何任职任命任意任务应当应急应对单位单独温度连续连同计划计算强制强迫相关相应"
        "项目路径路段路边施工施行管理管道马上水平水质水电明确明知明显充分包括包装车辆车间车主党员全部全面"
        "全体危险危害查处查明查封查看花费习惯从业从事申请申报申辩冷藏冷冻双方公司公章公民公开牛奶国家国有"
        "白天白酒毛重江边干部干涉费用支付支持利用利益别处通过通知通报石料原因原料关于关键关系黄金黄色房屋"
        "房产房间农民农药后续后果左右权限权利符合符号景区终止终身步行文件文明文书文化广告越权巩固游客金额"
        "商品生产能够家庭家属班组须知要求区域要约代表代理代为代码来访来源平均平时元月和谐东侧满足容器易燃"
        "易制简易简单曾经曾因丰富门口门店门市布置次日次品战略原始初次初步展开展示官方承诺承担承认由于由其"
        "普通普遍边缘于是席位云南江苏山东山西广东广西海南贵州甘肃宁夏安徽池州宿州滁州黄山宣城蒙城固镇万元"
        "余元印章印刷印制师傅向其向我居住居民养殖种植种子容易盘点税务户籍户外阳台青年智能但是但未但其邮政"
        "储存储藏段落井下山体松动富余充装通道通风空气空调那么暂住沙石养老",
    )
)
_GAP = r"(?P<gap>(?:[:：为是叫]|[（(][^）)]{0,8}[）)]){0,2} ?)"
_LEADING = re.compile(f"(?P<word>{_BEFORE}){_GAP}(?=(?P<name>[{_HAN}]{{2,5}}))")
_NAME_THEN = re.compile(
    rf"(?:^|[，。；、：:\s（(“]|对|向|由|与|和|经|据|询问了?|为)(?P<name>[{_HAN}]{{2,4}}?)"
    rf"(?:[（(，,]?(?=男[，,、]|女[，,、]|男性|女性|公民身份|居民身份证|身份证|身份号码)"
    rf"|(?:[（(]|系|为|是)(?:该|本|其|系|为|当事人|我)?(?:公司|单位|店|厂)?(?:的)?(?={_AFTER}))"
)
_DOTTED = re.compile(f"(?P<word>{_BEFORE}){_GAP}(?P<name>[{_HAN}]{{1,8}}(?:·[{_HAN}]{{1,8}})+)")
# Surnames that are first of all small words: behind 负责人 and the like they begin a sentence, unless a colon says
# that a name comes.
_SMALL_WORDS = frozenset("从向要查代后但那和由通都应相关终初次原税门经须能勾盖")
_NO_NAME_BEHIND_YU = re.compile("于(?:[当上下前后今昨每同本事]|[一二三四五六七八九十两]+[年月日点时个号])")
_FIRST = "".join(sorted(_SURNAMES | {name[0] for name in _COMPOUND}))
_OPEN_GAP = _GAP.replace("?P<gap>", "?:")
NAME_SUSPECT = (
    f"(?:{_BEFORE}){_OPEN_GAP}(?:[{_FIRST}][^{''.join(sorted(_STOPS))}]|[{_HAN}]{{1,8}}·)"
    f"|[{_FIRST}][{_HAN}]{{1,3}}(?:[（(，,]?(?:男[，,、性]|女[，,、性]|公民身份|居民身份证|身份证|身份号码)"
    f"|[（(系为是](?:该|本|其|系|为|当事人|我)?(?:公司|单位|店|厂)?的?(?:{_AFTER}))"
)
"""Every text :func:`mask_names` would change matches; the same regular expression for Python and Rust."""
_TITLES = frozenset(["女士", "先生", "小姐", "老师", "师傅", "医生", "护士", "经理", "老板", "同志"])
_MAYBE_ORGANISATION = frozenset(
    [
        "当事人",
        "申请人",
        "投资人",
        "股东",
        "业主",
        "代理人",
        "委托代理人",
        "经营者",
        "投诉人",
        "举报人",
        "消费者",
        "约谈",
        "约谈了",
    ]
)


def mask_names(text: str) -> str:
    """``text`` with third persons' names turned into 张某 or 张某某, wherever the same name stands.

    A name is seen behind a word for a person (员工张三), or in front of one (张三（法定代表人）), of 男 or 女, or
    of an identity number. The party to the decision stays when it is shaped like an organisation. A name without
    any such word beside it is not found. Where a name of two characters runs on into the sentence without a
    known word, the next character is hidden with it. Applying it twice changes nothing more.

    >>> mask_names("现场负责人张三丰称，员工李四已离开，张三丰签字确认。")
    '现场负责人张某某称，员工李某已离开，张某某签字确认。'
    >>> mask_names("当事人王记粮油店经营者安全意识淡薄")
    '当事人王记粮油店经营者安全意识淡薄'
    """
    if not _PEOPLE.search(text):
        return text
    names: dict[str, str] = {}
    for match in _DOTTED.finditer(text):
        # The last part runs on into the sentence: it ends at the first small word.
        given, _, last = match["name"].rpartition("·")
        last = re.split(f"[{''.join(sorted(_STOPS))}]", last, maxsplit=1)[0]
        names[f"{given}·{last}" if last else given] = given[0] + "某某"
    for match in _LEADING.finditer(text):
        name = _leading_name(match, text)
        if name:
            names[name] = _hidden(name)
    for match in _NAME_THEN.finditer(text):
        name = match["name"]
        if name[:2] not in _WORDS and "某" not in name and is_person_name(name):
            names[name] = _hidden(name)
    # The longest first, so that 张三丰 is not left as 张某丰 after 张三.
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, names[name])
    return text


_PEOPLE = re.compile(NAME_SUSPECT)


def _hidden(name: str) -> str:
    surname = _surname(name)
    return surname + "某" * min(2, len(name) - len(surname))


def _leading_name(match: re.Match[str], text: str) -> str:
    """The name behind a word for a person, or empty: nothing name-like, a common word, or an organisation."""
    run = match["name"]
    surname = _surname(run)
    given = run[len(surname) : len(surname) + 2]
    if not surname or not given or run[:2] in _WORDS or "某" in run[:4] or given[0] in _STOPS:
        return ""
    if given in _TITLES:
        return ""
    announced = ":" in match["gap"] or "：" in match["gap"]
    if not announced and (surname in _SMALL_WORDS or _NO_NAME_BEHIND_YU.match(run)):
        return ""
    start = match.start("name")
    if match["word"] in _MAYBE_ORGANISATION and _is_organisation(text[start : start + 24]):
        return ""
    return surname + (given[0] if given[-1] in _STOPS else given)


def _is_organisation(ahead: str) -> bool:
    """Whether what follows, up to punctuation or a verb, reads like an organisation's name."""
    run = _RUN_END.split(ahead, maxsplit=1)[0]
    return "公司" in run or (len(run) >= 3 and bool(_ORG_TAIL.search(run)))


_RUN_END = re.compile(rf"[^{_HAN}]|[在的于与和及将被对向称说系是有因从为到开卖购驾骑未已不没]|{_BEFORE}")
_ORG_TAIL = re.compile(
    f"(?:[{''.join(sorted(_ORG_ENDS))}]|超市|中心|集团|农场|事务所|工作室|俱乐部|会所|商贸|经营部)$"
)
