"""What a screen reader is told: names and roles from Chromium's accessibility tree, and what live regions announce."""

from typing import Any

from playwright.async_api import Page

# A stand-in for the reader's ear: every text that is added inside a live region while that region is live.
EAR = """
window.heard = [];
const live = (node) => {
  for (let e = node.nodeType === 1 ? node : node.parentElement; e; e = e.parentElement) {
    const value = e.getAttribute("aria-live") ?? { log: "polite", status: "polite", alert: "assertive" }[e.role];
    if (value) return value !== "off";
  }
  return false;
};
const spoken = (node) => {
  if (node.nodeType === 3) return node.data;
  if (node.nodeType !== 1 || node.hidden || node.getAttribute("aria-hidden") === "true") return "";
  if (node.getAttribute("aria-live") === "off") return "";
  return [...node.childNodes].map(spoken).join("");
};
const listen = (root) => new MutationObserver((changes) => {
  for (const change of changes) for (const node of change.addedNodes) {
    const text = live(change.target) ? spoken(node).trim() : "";
    if (text) window.heard.push(text);
  }
}).observe(root, { childList: true, subtree: true });
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) {
  const root = attach.call(this, options);
  listen(root);
  return root;
};
"""


async def listen(page: Page) -> None:
    """Hear what the next pages announce."""
    await page.add_init_script(EAR)


async def heard(page: Page) -> list[str]:
    """Everything announced on this page so far, in order."""
    return await page.evaluate("window.heard")


async def tree(page: Page) -> list[dict[str, Any]]:
    """The nodes that assistive technology sees, in order: `{role, name, description, <properties>}`."""
    session = await page.context.new_cdp_session(page)
    nodes = (await session.send("Accessibility.getFullAXTree"))["nodes"]
    await session.detach()
    return [_plain(node) for node in nodes if not node["ignored"]]


async def controls(page: Page, within: str) -> list[tuple[str, str]]:
    """Role and name of everything one can use or read as a whole inside the node called `within`."""
    session = await page.context.new_cdp_session(page)
    nodes = {node["nodeId"]: node for node in (await session.send("Accessibility.getFullAXTree"))["nodes"]}
    await session.detach()
    top = next(node for node in nodes.values() if not node["ignored"] and _value(node, "name") == within)
    return [
        (_value(node, "role"), _value(node, "name"))
        for node in _below(top, nodes)
        if not node["ignored"] and _value(node, "role") not in ("StaticText", "InlineTextBox", "none", "generic")
    ]


def _below(node: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    children = [nodes[child] for child in node.get("childIds", ()) if child in nodes]
    return [found for child in children for found in (child, *_below(child, nodes))]


def _plain(node: dict[str, Any]) -> dict[str, Any]:
    properties = {item["name"]: item["value"].get("value") for item in node.get("properties", ())}
    return {**properties, **{key: _value(node, key) for key in ("role", "name", "description")}}


def _value(node: dict[str, Any], key: str) -> str:
    return node.get(key, {}).get("value", "")
