#!/usr/bin/env python3
"""Verificador independiente de la historia del sistema de asistencia técnica territorial (ATT).

Comprueba una exportación («att history export») sin el sistema ni su base de datos: sólo necesita Python 3.8 o más
nuevo y, para las firmas, la biblioteca «cryptography» o el programa «openssl».

    python3 verificar_historia.py historia.jsonl --puntos checkpoints.jsonl --llave llave_publica.pem

Termina con 0 si todo se sostiene, 1 si algo no se sostiene, 2 si un archivo no se puede leer, y 3 si lo demás se
sostiene pero no hubo con qué comprobar las firmas.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime
from datetime import timedelta
from pathlib import Path

FORMAT = "att-history-1"
LATE = timedelta(hours=1)  # an act may look that much older than the checkpoint that did not have it yet
SHOWN = 50
SIGNATURE = b',"signature":"'
SEAL = "sha256"
SPKI = bytes.fromhex("302a300506032b6570032100")  # what stands before the 32 bytes of an Ed25519 key in a PEM file

NOUNS = {
    "instance": "trámite", "obligation": "plazo", "person": "persona", "entity": "entidad", "product": "producto",
    "work_plan": "plan de trabajo", "message": "mensaje", "operation": "operación", "advisory": "asesoría",
    "strategy": "estrategia", "handover": "empalme", "unit": "dependencia", "settings": "ajustes",
    "installation": "instalación", "catalogue": "catálogo", "definition": "proceso publicado", "policy": "política",
}  # fmt: skip

WHOLE, BROKEN, UNREADABLE, UNSIGNED = 0, 1, 2, 3


class Unreadable(Exception):
    """A file that is not what it should be."""


class Findings:
    """What was found: problems break the history, notices are for whoever reads."""

    def __init__(self):
        self.problems = []
        self.notices = []
        self.unsigned = False
        self.acts = 0
        self.chains = 0
        self.at = ""

    def code(self):
        if self.problems:
            return BROKEN
        return UNSIGNED if self.unsigned else WHOLE


class Chain:
    """The acts of one subject: instants and hashes by number."""

    def __init__(self):
        self.last = 0
        self.hash = ""
        self.acts = {}


def verify(export, log=None, key="", hashes=()):
    """Check an export (lines of bytes) and, where it is given, a log of checkpoints. Raises Unreadable."""
    found = Findings()
    header, chains = read_export(export, found)
    if log is not None:
        compare(header, chains, log, key, hashes, found)
    return found


# --- the export -------------------------------------------------------------------------------------------------------


def read_export(lines, found):
    lines = iter(lines)
    first = next(lines, b"")
    header = checked_header(parsed(first), found)
    whole, count = hashlib.sha256(first), 1
    chains, ends, footer = {}, {}, None
    for line in lines:
        told = parsed(line)
        if told is not None and "lines" in told:
            footer = told
            break
        whole.update(line)
        count += 1
        if told is None:
            found.problems.append("Línea %d de la exportación: no se puede leer." % count)
        elif "end" in told:
            ends[(told["end"][0], told["end"][1])] = tuple(told["end"][2:])
        else:
            check_act(told, chains, found)
    if footer != {"lines": count, "sha256": whole.hexdigest()} or next(lines, b""):
        found.problems.append("La exportación está incompleta o fue alterada después de hacerse.")
    check_ends(chains, ends, found)
    found.acts, found.chains = sum(len(chain.acts) for chain in chains.values()), len(chains)
    return header, chains


def parsed(line):
    try:
        told = json.loads(line)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def checked_header(told, found):
    if told is None or told.get("format") != FORMAT:
        raise Unreadable("El archivo no es una exportación de la historia (%s)." % FORMAT)
    found.at = told["at"]
    if not told.get("content"):
        found.notices.append("La exportación no trae el contenido de los envíos: sólo se comprueban los actos.")
    return told


def check_act(act, chains, found):
    here = (act.get("kind"), act.get("id"))
    number = act.get("sequence")
    chain = chains.setdefault(here, Chain())
    if number != chain.last + 1:
        found.problems.append("%s: falta el acto anterior." % place(here, number))
    elif act.get("previous_hash") != chain.hash:
        found.problems.append("%s: no sigue al anterior." % place(here, number))
    elif act.get("hash") != digest(act):
        found.problems.append("%s: fue alterado." % place(here, number))
    check_content(act, here, found)
    if isinstance(number, int):
        chain.last = number
        chain.acts[number] = (str(act.get("at")), str(act.get("hash")))
    chain.hash = act.get("hash")


def check_content(act, here, found):
    if "content" not in act:
        return
    details = act.get("details")
    seal = details.get(SEAL) if isinstance(details, dict) else None
    if act["content"] is None:
        found.problems.append("%s: ya no está lo que se envió con él." % place(here, act.get("sequence")))
    elif hashlib.sha256(str(act["content"]).encode()).hexdigest() != seal:
        found.problems.append("%s: lo que se envió con él fue alterado." % place(here, act.get("sequence")))


def digest(act):
    """The SHA-256 of everything an act says, chained to the one before."""
    names = (
        "previous_hash", "kind", "id", "sequence", "at", "actor_id", "actor_name", "capacity", "on_behalf_of", "action",
        "element", "summary", "details", "reason",
    )  # fmt: skip
    content = [act.get(name) for name in names]
    try:
        written = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(written.encode()).hexdigest()
    except ValueError:
        return ""


def check_ends(chains, ends, found):
    for here, (number, hash_) in ends.items():
        chain = chains.get(here, Chain())
        if chain.last < number:
            found.problems.append("%s: falta, y con él terminaba la historia." % place(here, number))
        elif number in chain.acts and chain.acts[number][1] != hash_:
            found.problems.append("%s: no es el acto con el que terminaba la historia." % place(here, number))
    for here, chain in chains.items():
        if chain.last > ends.get(here, (0, ""))[0]:
            found.problems.append("%s: está después del acto con el que terminaba." % place(here, chain.last))


# --- the checkpoints --------------------------------------------------------------------------------------------------


def compare(header, chains, raw_lines, key, hashes, found):
    before = len(found.problems)
    lines = read_log(raw_lines, key, found)
    if len(found.problems) > before:
        found.notices.append("La historia no se comparó con un registro de puntos de control que no se sostiene.")
        return
    known = {line["hash"] for line in lines}
    for hash_ in hashes:
        if hash_.strip().lower() not in known:
            found.problems.append("Ningún punto de control tiene la huella %s." % hash_)
    told = header.get("checkpoint") or {"number": 0, "hash": ""}
    number = told["number"]
    if 0 < number <= len(lines) and lines[number - 1]["hash"] != told["hash"]:
        found.problems.append("Punto de control %d: no es el mismo que había al exportar." % number)
    old_enough = written(instant(header["at"]) - LATE)
    compared = [line for line in lines if line["number"] <= number or line["at"] <= old_enough]
    if len(compared) < len(lines):
        found.notices.append("%d puntos de control son posteriores a la exportación." % (len(lines) - len(compared)))
    if number > len(lines):
        found.notices.append("El registro es anterior a la exportación: los actos posteriores a él no se compararon.")
    if not lines:
        found.notices.append("El registro de puntos de control está vacío.")
    hold(compared, chains, complete=number <= len(lines), found=found)


def read_log(raw_lines, key, found):
    lines, raws, previous = [], [], ""
    for raw in raw_lines:
        if not raw.endswith(b"\n"):
            break  # the program was cut off while it wrote it
        line = parsed(raw)
        number = len(lines) + 1
        if line is None or line.get("number") != number or line.get("previous") != previous:
            found.problems.append("Punto de control %d: fue alterado, o falta el anterior." % number)
            break
        if key and line.get("key") != key:
            found.problems.append("Punto de control %d: no lo firmó la llave indicada." % number)
            break
        previous = hashlib.sha256(raw.rstrip(b"\n")).hexdigest()
        line["hash"] = previous
        lines.append(line)
        raws.append(raw)
    if lines and not key:
        found.notices.append("No se indicó la llave: se usó la que trae el registro, %s." % lines[0]["key"])
    check_signatures(lines, raws, key or (lines[0]["key"] if lines else ""), found)
    return lines


def check_signatures(lines, raws, key, found):
    check, every = signature_checker(key)
    if not lines:
        return
    if check is None:
        found.unsigned = True
        found.notices.append("No se comprobaron las firmas: instale «cryptography» u «openssl» 3.")
        return
    if not every:  # the last one vouches for all those before, whose hashes it chains
        found.notices.append("Se comprobó con openssl la firma del último punto de control, que responde por todos.")
    for line, raw in list(zip(lines, raws))[0 if every else -1 :]:  # noqa: B905 - Python 3.8 knows no strict
        content, _, signature = raw.rstrip(b"\n").rpartition(SIGNATURE)
        signature = signature[: -len(b'"}')].decode("ascii", "replace")
        if line.get("key") != key or not check(content + b"}", signature):
            found.problems.append("Punto de control %d: su firma no vale." % line["number"])


def hold(lines, chains, complete, found):
    """Hold the acts to what the checkpoints say; one that tells of a back-up put back openly forgives what it names."""
    held, since = {}, None
    for line in lines:
        for kind, ends in line["ends"].items():
            for key, first, last, hash_ in ends:
                held.setdefault((kind, key), []).append((first, last, hash_, line["since"]))
        for kind, cuts in line["cuts"].items():
            for key, last, hash_ in cuts:
                kept = [one for one in held.get((kind, key), []) if one[1] <= last]
                held[(kind, key)] = kept + ([(last, last, hash_, None)] if last else [])
        since = None if line["event"] == "restored" else written(instant(line["at"]) - LATE)
    declared(lines, found)
    for here in sorted(set(held) | set(chains), key=str):
        hold_chain(here, chains.get(here, Chain()), held.get(here, []), since if complete else None, found)


def declared(lines, found):
    """Tell, once for all the lines that it took, of back-ups put back and of acts that were dated back on purpose."""
    told = ""
    for line in lines:
        here = "" if line["event"] == "taken" else "del %s: %s" % (in_words(line["at"]), line["told"])
        if here and here != told:
            found.notices.append("Punto de control %d, %s" % (line["number"], here))
        told = here


def hold_chain(here, chain, held, since, found):
    covered = 0
    for first, last, hash_, older in held:
        covered = max(covered, last)
        if last not in chain.acts:
            found.problems.append("%s: falta, y un punto de control firmado dice que estaba." % place(here, last))
            return
        if chain.acts[last][1] != hash_:
            found.problems.append("%s: un punto de control firmó otro: fue reescrito." % place(here, last))
        too_old(here, chain, range(first, last + 1), older, found)
    too_old(here, chain, [number for number in chain.acts if number > covered], since, found)


def too_old(here, chain, numbers, since, found):
    for number in numbers if since else ():
        if number in chain.acts and chain.acts[number][0] < since:
            found.problems.append(
                "%s: dice ser de antes de un punto de control firmado que no lo tenía." % place(here, number)
            )


# --- signatures -------------------------------------------------------------------------------------------------------


def signature_checker(key):
    """What checks signatures by `key`, and whether it is quick enough for every line; None when nothing here can."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return (by_openssl(key), False) if has_openssl() else (None, False)

    def check(content, signature):
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), content)
        except (InvalidSignature, ValueError):
            return False
        return True

    return check, True


def has_openssl():
    """Whether there is an openssl that knows these signatures: version 3 or newer, and none that is only called so."""
    if shutil.which("openssl") is None:
        return False
    said = subprocess.run(["openssl", "version"], check=False, capture_output=True).stdout.decode("ascii", "replace")
    name, _, version = said.partition(" ")
    return name == "OpenSSL" and version.partition(".")[0].isdigit() and int(version.partition(".")[0]) >= 3


def by_openssl(key):
    def check(content, signature):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            try:
                body = base64.b64encode(SPKI + bytes.fromhex(key)).decode()
                (folder / "signature").write_bytes(bytes.fromhex(signature))
            except ValueError:
                return False
            (folder / "key.pem").write_text("-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n" % body)
            (folder / "content").write_bytes(content)
            command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "content",
                       "-sigfile", "signature"]  # fmt: skip
            return subprocess.run(command, cwd=name, check=False, capture_output=True).returncode == 0

    return check


def public_key(text):
    """A key in hexadecimal, from the file of one or written out. Raises Unreadable."""
    text = text.strip()
    if len(text) == 64 and all(char in "0123456789abcdef" for char in text.lower()):
        return text.lower()
    try:
        body = "".join(line for line in Path(text).read_text().splitlines() if "-----" not in line)
        raw = base64.b64decode(body, validate=True)
    except (OSError, ValueError) as error:
        raise Unreadable("La llave no se puede leer: %s." % text) from error
    if len(raw) != len(SPKI) + 32 or not raw.startswith(SPKI):
        raise Unreadable("La llave no es una llave pública Ed25519: %s." % text)
    return raw[len(SPKI) :].hex()


# --- words and the command line ---------------------------------------------------------------------------------------


def place(here, number):
    return "Historia: %s %s, acto %s" % (NOUNS.get(here[0], here[0]), here[1], number)


def in_words(text):
    """An instant as clocks in Colombia show it, which is always five hours behind."""
    try:
        return (instant(text) - timedelta(hours=5)).strftime("%d/%m/%Y a las %H:%M (hora de Colombia)")
    except (ValueError, TypeError, OverflowError):
        return str(text)


def instant(text):
    return datetime.fromisoformat(text)


def written(when):
    return when.isoformat(timespec="microseconds")


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Comprueba una exportación de la historia del sistema ATT.")
    parser.add_argument("exportacion", help="archivo de «att history export»")
    parser.add_argument("--puntos", default="", help="registro de puntos de control (checkpoints.jsonl)")
    parser.add_argument("--llave", default="", help="llave pública: archivo .pem o 64 cifras hexadecimales")
    parser.add_argument("--huella", action="append", default=[], help="huella de un correo recibido; puede repetirse")
    chosen = parser.parse_args(arguments)
    try:
        if (chosen.llave or chosen.huella) and not chosen.puntos:
            raise Unreadable("La llave y la huella se comprueban contra el registro: indique --puntos.")
        key = public_key(chosen.llave) if chosen.llave else ""
        with open(chosen.exportacion, "rb") as export:
            log = open(chosen.puntos, "rb") if chosen.puntos else None  # noqa: SIM115 - closed below
            try:
                found = verify(export, log, key, chosen.huella)
            finally:
                if log is not None:
                    log.close()
    except (OSError, Unreadable, KeyError, TypeError, ValueError, IndexError) as error:
        print("No se pudo verificar: %s" % error, file=sys.stderr)
        return UNREADABLE
    tell(found, bool(chosen.puntos))
    return found.code()


def tell(found, with_log):
    print("Exportación del %s: %d actos de %d historias." % (in_words(found.at), found.acts, found.chains))
    for notice in found.notices:
        print("Aviso: %s" % notice)
    for problem in found.problems[:SHOWN]:
        print(problem)
    if len(found.problems) > SHOWN:
        print("… y %d problemas más." % (len(found.problems) - SHOWN))
    if found.problems:
        print("LA HISTORIA NO SE SOSTIENE: %d problemas." % len(found.problems))
    elif not with_log:
        print("Las cadenas se sostienen. Sin el registro de puntos de control (--puntos) no se notaría un recorte bien "
              "hecho ni una copia anterior.")  # fmt: skip
    else:
        print("La historia está íntegra." if not found.unsigned else "Las cadenas se sostienen; faltan las firmas.")


if __name__ == "__main__":
    sys.exit(main())
