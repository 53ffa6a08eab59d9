"""`discover`: find cameras over Wi-Fi and Bluetooth LE, both at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import click

from remotelens.cli.options import ble_adapter_option, general_options, seconds
from remotelens.cli.run import Run, execute
from remotelens.errors import CameraNotFound, RemoteLensError

BLE_SCAN_S = 5.0


@click.command("discover")
@click.option("--wifi", is_flag=True, help="Search over Wi-Fi only.")
@click.option("--ble", is_flag=True, help="Scan Bluetooth LE only.")
@click.option("--interface", metavar="I", help="Search on this network interface only.")
@click.option(
    "--for", "span", metavar="S", help="Listen for S seconds. [default: 3 on Wi-Fi, 5 by Bluetooth]"
)
@ble_adapter_option
@general_options
def command(wifi: bool, ble: bool, interface: str | None, span: str | None, ble_adapter: str) -> None:
    """Find cameras over Wi-Fi and Bluetooth LE, both at once."""
    both = wifi == ble

    async def work(run: Run) -> None:
        span_s = None if span is None else seconds(span)
        run.result.update(items=[], tried=[])
        async with asyncio.TaskGroup() as group:
            if wifi or both:
                group.create_task(_search(run, interface, span_s))
            if ble or both:
                group.create_task(_scan(run, ble_adapter, span_s, needed=ble))
        if not run.result["items"]:
            raise CameraNotFound(_nothing(run), remedy=_remedy(run))

    execute(work, words=_words)


async def _search(run: Run, interface: str | None, span_s: float | None) -> None:
    from remotelens.link.discovery import SEARCH_TIMEOUT_S, discover_wifi

    report = await discover_wifi(interface=interface, timeout_s=span_s or SEARCH_TIMEOUT_S)
    run.result["items"].extend(camera.shown() for camera in report.items)
    run.result["tried"].extend(tried.shown() for tried in report.tried)
    if not report.items:
        nothing = report.nothing_found()
        run.result["wifi_note"] = nothing.message
        run.result["remedy"] = nothing.remedy


async def _scan(run: Run, adapter: str, span_s: float | None, *, needed: bool) -> None:
    """Scan; a host without Bluetooth still finds cameras over Wi-Fi, unless only Bluetooth was asked for."""
    from remotelens.link.ble_find import find_ble
    from remotelens.transport.ble.adapter import Adapter

    tried: dict[str, Any] = {"ble_adapter": adapter, "answers": 0, "error": None}
    run.result["tried"].append(tried)
    try:
        found = await find_ble(Adapter.parse(adapter), timeout_s=span_s or BLE_SCAN_S)
    except RemoteLensError as error:
        if needed or isinstance(error, ValueError):
            raise
        tried["error"] = error.message
        return
    tried["answers"] = len(found)
    run.result["items"].extend(
        {
            "name": camera.name,
            "model": camera.name,
            "address": None,
            "description_url": None,
            "ble_address": camera.address,
            "rssi": camera.rssi,
            "found_by": ["ble"],
        }
        for camera in found
    )


def _nothing(run: Run) -> str:
    sentences = [str(run.result.pop("wifi_note", ""))]
    sentences += [
        f"Bluetooth LE ({tried['ble_adapter']}): {tried['error'] or 'no camera advertises'}"
        for tried in run.result["tried"]
        if "ble_adapter" in tried
    ]
    return "; ".join(sentence for sentence in sentences if sentence)


def _remedy(run: Run) -> str:
    return str(run.result.pop("remedy", None) or "switch the camera on and bring it near")


def _words(result: dict[str, Any]) -> Iterator[str]:
    for item in result["items"]:
        if item["ble_address"]:
            strength = "" if item["rssi"] is None else f"  {item['rssi']} dBm"
            yield f"{item['name']:14} ble:{item['ble_address']}{strength}"
        else:
            yield f"{item['name']:14} {item['description_url']}"
