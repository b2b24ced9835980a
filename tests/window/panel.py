#!/usr/bin/env python3
"""A desktop panel that shows tray icons, as far as D-Bus tells: org.kde.StatusNotifierWatcher.

Writes `ready` to descriptor 3, then answers lines on standard input there: `menu` with the labels of the first
icon's menu as JSON, `click LABEL` with `clicked` after choosing that entry, `label` with what stands beside the icon, and `colour`
with the colour of its lower right corner.
"""

import json
import os
import sys

import gi

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf, Gio, GLib

NAME = "org.kde.StatusNotifierWatcher"
INTERFACE = f"""<node><interface name="{NAME}">
  <method name="RegisterStatusNotifierItem"><arg type="s" direction="in"/></method>
  <method name="RegisterStatusNotifierHost"><arg type="s" direction="in"/></method>
  <property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
  <property name="ProtocolVersion" type="i" access="read"/>
  <property name="RegisteredStatusNotifierItems" type="as" access="read"/>
</interface></node>"""
PROPERTIES = {
    "IsStatusNotifierHostRegistered": GLib.Variant("b", True),
    "ProtocolVersion": GLib.Variant("i", 0),
    "RegisteredStatusNotifierItems": GLib.Variant("as", []),
}
items = []


def say(text):
    os.write(3, f"{text}\n".encode())


def on_call(_bus, sender, _path, _interface, method, arguments, invocation):
    if method == "RegisterStatusNotifierItem":
        items.append((sender, arguments[0]))
    invocation.return_value(None)


def call(bus, item, path, interface, method, arguments):
    return bus.call_sync(item[0], path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, 5000, None)


def about(bus, name):
    """A property of the first icon."""
    item = items[0]
    ask = GLib.Variant("(ss)", ("org.kde.StatusNotifierItem", name))
    return call(bus, item, item[1], "org.freedesktop.DBus.Properties", "Get", ask).unpack()[0]


def colour(bus):
    """The middle of the dot, a quarter of the icon away from its lower right corner."""
    picture = GdkPixbuf.Pixbuf.new_from_file(about(bus, "IconName"))
    size = min(picture.get_width(), picture.get_height())
    at = size - size // 4 - 1
    place = at * picture.get_rowstride() + at * picture.get_n_channels()
    return "#" + picture.get_pixels()[place : place + 3].hex()


def menu(bus):
    """The menu's path and its entries, label by id."""
    item = items[0]
    ask = GLib.Variant("(ss)", ("org.kde.StatusNotifierItem", "Menu"))
    path = call(bus, item, item[1], "org.freedesktop.DBus.Properties", "Get", ask).unpack()[0]
    ask = GLib.Variant("(iias)", (0, -1, []))
    _, (_, _, entries) = call(bus, item, path, "com.canonical.dbusmenu", "GetLayout", ask).unpack()
    return path, {number: about.get("label", "") for number, about, _ in entries}


def answer(bus, line):
    verb, _, label = line.strip().partition(" ")
    if not items:
        return say("no icon")
    if verb == "label":
        return say(about(bus, "XAyatanaLabel") or "-")
    if verb == "colour":
        return say(colour(bus))
    path, entries = menu(bus)
    if verb == "menu":
        return say(json.dumps([text for text in entries.values() if text]))
    number = next(number for number, text in entries.items() if text == label)
    event = GLib.Variant("(isvu)", (number, "clicked", GLib.Variant("s", ""), 0))
    call(bus, items[0], path, "com.canonical.dbusmenu", "Event", event)
    return say("clicked")


def main():
    loop = GLib.MainLoop()
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    interface = Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0]
    bus.register_object("/StatusNotifierWatcher", interface, on_call, lambda *a: PROPERTIES[a[4]], None)
    Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE, lambda *_: say("ready"), None)

    def on_input(channel, _condition):
        line = channel.readline()
        if not line:
            loop.quit()
            return False
        answer(bus, line)
        return True

    GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, on_input)
    loop.run()
    return 0


sys.exit(main())
