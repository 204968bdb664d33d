"""Words that names, streets and people are made of. All combinations are fictional; none is taken from a register."""

from __future__ import annotations

from itertools import product

__all__ = [
    "FIRST", "GIVEN", "SECOND", "SECTORS", "STREETS", "SURNAMES", "THIRD", "VILLAGE_FIRST", "VILLAGE_LAST",
    "VILLAGE_MIDDLE", "Sector", "brand_table", "former_brand_table", "person_table", "village_table",
]  # fmt: skip

# Brand characters. FIRST and SECOND share none: a brand in reverse (a former name) can never be a brand in use.
FIRST = "恒鼎瑞泰盛昌华安金宏嘉天永信德康富润佳顺万达广百新中海长凯隆丰兴福鑫博立远晨雅诚正同景鸿坤锦凤卓启创优汇众邦祥春和东南明国"
SECOND = "源通晟辉煌腾飞翔茂业航宇洋川峰山林森松柏桥城基石力维科诺尚美悦乐欣怡然雨露禾田谷园圣亚欧联讯捷迅睿慧涵旺财利阳光星云江河湖"
THIRD = "源达泰隆丰盛通和兴发祥顺安康宁德信诚义仁智勇强盈裕福禄寿喜庆荣华贵富嘉瑞吉利亨元亿兆宝珍珠玉琳琪瑶琼莹璟璇瑜瑾珂珈珑"

VILLAGE_FIRST = "柳杨石青白龙双大小南北清平高黄马古三朱王李张刘陈赵周吴郑孙徐许曹孟宋梁沈韩冯"
VILLAGE_MIDDLE = "家塘湾山水泉岗林沟桥河井坡口堤圩坊庙"
VILLAGE_LAST = "河店集沟庄湖岗铺坝寨塘泉岭圩楼桥"


def _words(text: str) -> list[str]:
    return text.split()


SURNAMES = _words(
    "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧 程 曹 袁 邓 许 傅 沈 曾 彭 吕"
)
GIVEN = _words(
    "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀英 桂英 玉兰 桂兰 秀兰 建国 建军 建华 志强 志刚 国强 海燕 红梅 春梅 秀珍 玉梅 淑珍"
    " 凤英 文博 子涵 浩然 宇轩 思远 晓东 晓燕 丽华 丽娟 少华 永强 永胜 长青 长海 德胜 德福 家豪 家宝 立新 立群 新民 爱民 爱华 素梅 素珍 金凤 金山"
)

STREETS = _words(
    "人民路 建设路 学府路 衡山路 和平路 长安街 文昌街 迎宾大道 工业大道 滨河路 朝阳路 东湖路 南湖路 桂苑路 青年路 解放路 创新大道 科技路 振兴路 花园路"
    " 光明路 民生路 府前街 古楼街 新华路 环城路 望江路 松林路 柏山路 红旗路"
)


class Sector:
    """A trade: its division in the register (code and name of GB/T 4754—2017), what companies of it are called, what small shops of it are called."""

    __slots__ = ("companies", "industry", "name", "shops")

    def __init__(self, name: str, industry: str, companies: str, shops: str = "") -> None:
        self.name, self.industry = name, industry
        self.companies, self.shops = companies.split(), shops.split()


# Ten words each: with a brand used at most ten times, no two organisations of a sector get the same name.
SECTORS: dict[str, Sector] = {
    s.name: s
    for s in (
        Sector("catering", "H62 餐饮业",
               "餐饮管理 餐饮服务 餐饮 酒店管理 团餐服务 饮食文化 美食文化 餐饮配送 宴会服务 饮品",
               "牛肉面馆 早餐店 烧烤店 火锅店 小吃店 羊汤馆 快餐店 饭店 饺子馆 家常菜馆"),
        Sector("foodshop", "F52 零售业",
               "食品 食品贸易 粮油 商超 农产品 副食品 生鲜超市 连锁超市 酒业 茶业",
               "副食店 超市 便利店 粮油店 水果店 烟酒店 生鲜店 零食店 百货超市 土特产店"),
        Sector("foodmaking", "C14 食品制造业",
               "食品加工 面粉 豆制品 肉类食品 乳业 调味品 饮料 糕点食品 粮食加工 酿造"),
        Sector("retail", "F52 零售业",
               "商贸 贸易 百货 家电 服饰 家居 五金机电 建材 文体用品 日用品",
               "服装店 五金店 建材店 百货店 家电经营部 手机店 文具店 鞋店 家具店 电动车行"),
        Sector("making", "C34 通用设备制造业",
               "机械 机械制造 电子 电气 五金制品 塑料制品 包装材料 纺织 服装 精密铸造"),
        Sector("chemical", "C26 化学原料和化学制品制造业",
               "化工 新材料 涂料 精细化工 化工科技 树脂 助剂 石化产品 化肥 工业气体"),
        Sector("building", "E47 房屋建筑业",
               "建设工程 建筑工程 建筑安装 装饰工程 市政工程 园林绿化工程 路桥工程 机电工程 防水工程 建筑劳务"),
        Sector("transport", "G54 道路运输业",
               "物流 运输 货运 汽车运输 供应链管理 道路运输 快递服务 仓储物流 客运 渣土运输",
               "货运部 物流部 快递服务部 托运部 搬家服务部 配货部 货运站 汽车租赁部 运输队 物流信息部"),
        Sector("property", "K70 房地产业",
               "置业 房地产开发 物业服务 物业管理 房地产营销 地产 城市建设开发 房地产经纪 资产经营 园区运营"),
        Sector("software", "I65 软件和信息技术服务业",
               "信息科技 网络科技 软件 智能科技 电子商务 数据服务 通信技术 信息技术 物联网科技 数字科技"),
        Sector("services", "L72 商务服务业",
               "人力资源 劳务派遣 企业管理 广告传媒 文化传媒 咨询服务 会展服务 环保科技 家政服务 保洁服务",
               "广告部 打字复印部 家政服务部 维修部 洗车行 汽修厂 开锁服务部 婚庆服务部 照相馆 电脑维修部"),
        Sector("health", "Q84 卫生",
               "医院管理 综合门诊部 医药 大药房连锁 医疗器械 口腔门诊部 健康管理 健康体检 护理服务 康复医疗",
               "诊所 药店 口腔诊所 中医诊所 大药房 养生馆 推拿馆 眼镜店 保健用品店 医疗器械店"),
        Sector("leisure", "H61 住宿业",
               "酒店 娱乐 文化旅游 影视文化 网络服务 健身服务 宾馆 旅行社 洗浴服务 休闲娱乐",
               "理发店 美容院 宾馆 旅馆 棋牌室 网吧 浴室 足浴店 美发店 台球室"),
        Sector("farming", "A01 农业",
               "农业科技 农业发展 生态农业 种业 农资 养殖 畜牧 果蔬 水产养殖 农业开发",
               "农资店 种子店 农药经营部 饲料店 兽药店 农机配件店 化肥经营部 苗木店 花卉店 渔具店"),
        Sector("teaching", "P83 教育",
               "教育科技 教育咨询 艺术培训 职业培训 托育服务 研学服务 体育培训 教育信息 图书文化 语言培训",
               "文具书店 托管服务部 画室 琴行 书法室 舞蹈室 托育园 图书店 体育用品店 乐器行"),
        Sector("cooperative", "A01 农业", "粮食种植 养殖 农机 果蔬 蔬菜种植 畜禽养殖 农业机械服务 水产养殖 中药材种植 茶叶种植"),
        Sector("nonprofit", "Q85 社会工作", "幼儿园 培训学校 职业培训学校 养老服务中心 社会工作服务中心 艺术学校 体育俱乐部 康复中心 实验学校 托育中心"),
        Sector("association", "S95 群众团体、社会团体和其他成员组织", "商会 志愿者协会 书法家协会 老年体育协会 企业家协会 个体私营经济协会 科技创新协会 电子商务协会 物流协会 养殖业协会"),
        Sector("fund", "S95 群众团体、社会团体和其他成员组织", "公益基金会 教育基金会 慈善基金会 助学基金会 扶贫基金会 环保基金会 敬老基金会 关爱基金会 文化基金会 科教基金会"),
        Sector("institution", "S92 国家机构", "中学 小学 中心卫生院 医院 文化站 图书馆 社区卫生服务中心 敬老院 水利站 农业技术推广站"),
        Sector("government", "S92 国家机构", "镇人民政府 乡人民政府 街道办事处 镇财政所 镇司法所 镇国土所 镇安监所 镇规划所 镇水利所 镇农业所"),
        Sector("mass", "S95 群众团体、社会团体和其他成员组织", "镇总工会 镇妇女联合会 镇残疾人联合会 镇科学技术协会 镇工商业联合会 乡总工会 乡妇女联合会 乡残疾人联合会 街道总工会 街道妇女联合会"),
        Sector("collective", "A01 农业", "村股份经济合作社 村经济合作社 村农业股份合作社 社区股份经济合作社 村土地股份合作社 村经济联合社 村资产股份合作社 村集体经济合作社 镇经济联合总社 村富民合作社"),
        Sector("union", "S95 群众团体、社会团体和其他成员组织", "贸易公司工会 机械公司工会 建设公司工会 物流公司工会 纺织公司工会 食品公司工会 电子公司工会 化工公司工会 商场工会 医药公司工会"),
        Sector("law", "L72 商务服务业", "律师事务所 中心律师事务所 联合律师事务所 法律服务所 合伙律师事务所 第一律师事务所 第二律师事务所 第三律师事务所 第四律师事务所 第五律师事务所"),
        Sector("barracks", "S92 国家机构", "服务保障站 后勤保障站 物资保障站 第一保障站 第二保障站 第三保障站 医疗保障站 油料保障站 通信保障站 接待保障站"),
        Sector("other", "Q85 社会工作", "商事调解中心 行业调解中心 公益服务站 便民服务站 社区服务站 创业服务站 科普服务站 文化服务站 法律援助站 志愿服务站"),
    )
}  # fmt: skip


def brand_table(size: int) -> list[str]:
    """``size`` different brands: all of two characters first, then of three. The longest table is about 219,000."""
    brands = [a + b for a, b in product(FIRST, SECOND)]
    if size > len(brands):
        more = product(FIRST, SECOND, THIRD)
        brands += [a + b + c for _, (a, b, c) in zip(range(size - len(brands)), more, strict=False)]
    return brands[:size]


def former_brand_table() -> list[str]:
    """Brands of former names: the two characters in the other order, so never a brand in use."""
    return [b + a for a, b in product(FIRST, SECOND)]


def village_table(size: int) -> list[str]:
    """``size`` different names of villages and townships, two characters first."""
    names = [a + b for a, b in product(VILLAGE_FIRST, VILLAGE_LAST)]
    names += [a + b + c for a, b, c in product(VILLAGE_FIRST, VILLAGE_MIDDLE, VILLAGE_LAST) if b != c]
    return names[:size]


def person_table() -> list[str]:
    """Names of people who do not exist: common surnames with common given names."""
    return [s + g for s, g in product(SURNAMES, GIVEN)]
