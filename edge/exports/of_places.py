"""Entities, who accompanies them, and the tasks of a team, as workbooks."""

from collections.abc import Iterator
from collections.abc import Sequence
from datetime import date
from datetime import datetime

from sqlalchemy.orm import Session

from db.clock import local_date
from directory import acting
from directory import coverage
from directory import entities
from directory import roles
from directory.coverage_counts import Total
from directory.models import Entity
from edge import names
from edge.exports.export import Export
from engine.models import Task
from forms.list_workbook import Column
from forms.list_workbook import Value


def of_entities(today: date) -> Export:
    """Entities, with who accompanies each of them on `today` and who will."""

    def cells(session: Session, rows: Sequence[Entity]) -> Iterator[list[Value]]:
        departments = {row.code: row.name for row in entities.departments(session)}
        ids = [row.id for row in rows]
        now, coming = coverage.advisors_of(session, ids, today), coverage.upcoming(session, ids, today)
        people = names.of_people(session, [*now.values(), *(one.person_id for one in coming.values())])
        for row in rows:
            next_one = coming.get(row.id)
            yield [
                row.name, entities.KINDS[row.kind], departments.get(row.department_code, ""), row.code,
                people.get(now.get(row.id, 0), ""), people.get(next_one.person_id, "") if next_one else "",
                next_one.since if next_one else None,
            ]  # fmt: skip

    return Export("Entidades y quién las acompaña", _ENTITIES, cells, {"kind": entities.KINDS})


def of_departments() -> Export:
    """Departments, with how many of their entities somebody accompanies."""

    def cells(session: Session, rows: Sequence[Total]) -> Iterator[list[Value]]:
        regions = names.of_regions(session, [row.region_id for row in rows])
        for row in rows:
            region = regions.get(row.region_id or 0, "")
            yield [row.code, row.name, region, row.entities, row.covered, row.entities - row.covered]

    return Export("Cobertura por departamento", _DEPARTMENTS, cells)


def of_team(now: datetime) -> Export:
    """Open tasks of a team, as they stand at `now`."""
    today = local_date(now)

    def cells(session: Session, rows: Sequence[Task]) -> Iterator[list[Value]]:
        people, titles = names.of_people(session, [row.assignee_id for row in rows]), names.of_cases(session, rows)
        unable = acting.unable(session, {row.assignee_id for row in rows if row.assignee_id is not None}, today)
        for row in rows:
            late = row.due_at is not None and row.due_at < now
            yield [
                row.name, titles[row.instance_id], row.round, people.get(row.assignee_id or 0, ""),
                roles.label(row.role),
                local_date(row.due_at) if row.due_at else None, "sí" if late else "no", row.created_at,
                "no" if row.assignee_id in unable else "",
            ]  # fmt: skip

    return Export(f"Tareas del equipo al {today.isoformat()}", _TASKS, cells)


_ENTITIES = (Column("Entidad", 40), Column("Clase", 22), Column("Departamento", 24), Column("Código DANE", 14),
             Column("Acompaña hoy", 30), Column("Acompañará", 30), Column("Desde", 12))  # fmt: skip
_DEPARTMENTS = (Column("Código", 10), Column("Departamento", 28), Column("Región", 28), Column("Entidades", 12),
                Column("Con enlace", 12), Column("Sin enlace", 12))  # fmt: skip
_TASKS = (Column("Tarea", 44), Column("Sobre", 60), Column("Ronda", 8), Column("Quién la tiene", 28),
          Column("Corresponde a", 28), Column("Vence el", 12), Column("Vencida", 10), 
          Column("Abierta el", 17), Column("Quien la tiene puede atenderla", 16))  # fmt: skip
