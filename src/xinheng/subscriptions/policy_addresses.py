"""Which addresses a webhook may have. Facts in, a sentence or nothing out."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
MAX_URL = 500
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def url_problem(url: str, *, sandbox: bool) -> str:
    """What is wrong with an address as it is written; "" when it may be called. A sandbox may use http."""
    if len(url) > MAX_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return f"地址只能用 ASCII 字符，最长 {MAX_URL} 个，不能有空格和反斜杠。"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "读不懂这个地址。写成 https://主机名/路径。"
    if parts.scheme != "https" and not (sandbox and parts.scheme == "http"):
        return "只投递到 https 地址。"
    if not parts.hostname:
        return "地址里没有主机名。"
    if parts.username is not None or parts.password is not None:
        return "地址里不能写用户名和密码。用消息的签名核验来源。"
    if parts.fragment:
        return "地址里不能有 # 之后的部分。"
    if port is not None and port != 443 and port < 1024 and not (sandbox and port == 80):
        return f"端口 {port} 不是网页服务的端口。用 443，或者 1024 以上的端口。"
    return ""


def literal_problem(url: str, *, allowed: Sequence[Network], sandbox: bool) -> str:
    """What is wrong with a host written as a number; "" for one that may be called, and for a name (asked when called)."""
    host = urlsplit(url).hostname or ""
    try:
        ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        return ""
    if address_allowed(host, allowed=allowed, sandbox=sandbox):
        return ""
    return "不投递到内部网络的地址。内部网络由运维在 XINHENG_WEBHOOK_NETWORKS 里写明。"


def address_allowed(text: str, *, allowed: Sequence[Network], sandbox: bool) -> bool:
    """Whether a resolved address may be connected to.

    Public addresses may; private ones only in networks the operator named, or loopback in a sandbox. Addresses that
    carry another one (mapped, 6to4, Teredo, NAT64) are judged by what they carry. Link-local ones never may: services
    that hand out credentials to machines live there.
    """
    try:
        address: Address = ipaddress.ip_address(text.split("%", 1)[0])
    except ValueError:
        return False
    for one in (address, *carried(address)):
        if one.is_link_local or one.is_multicast or one.is_unspecified:
            return False
        if one.is_global and not one.is_reserved:
            continue
        if any(one.version == network.version and one in network for network in allowed):
            continue
        if not (sandbox and one.is_loopback):
            # ::ffff:127.0.0.1 is not loopback by itself; its carried address is looked at next
            if sandbox and isinstance(one, ipaddress.IPv6Address) and one.ipv4_mapped is not None:
                continue
            return False
    return True


def carried(address: Address) -> tuple[Address, ...]:
    """IPv4 addresses inside an IPv6 address."""
    if isinstance(address, ipaddress.IPv4Address):
        return ()
    found: list[Address] = [one for one in (address.ipv4_mapped, address.sixtofour) if one is not None]
    if address.teredo is not None:
        found += address.teredo
    if address in _NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(found)


def networks(text: str) -> tuple[Network, ...]:
    """The operator's networks, separated by commas or spaces. Raises `ValueError` for what is none."""
    return tuple(ipaddress.ip_network(one) for one in text.replace(",", " ").split())
