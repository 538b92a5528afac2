"""How files are called that people download: in Spanish, by what they are, without signs that a system refuses."""

from directory.names import normalise

LONGEST = 60  # of each part


def file_name(*parts: str, ending: str) -> str:
    """«informe-mensual-de-actividades_2026-10_julio-pena.pdf» of «Informe mensual de actividades», «2026-10», …"""
    slugs = [normalise(part).replace(" ", "-")[:LONGEST].strip("-") for part in parts]
    return f"{'_'.join(slug for slug in slugs if slug)}.{ending}"
