"""The step that says whether assistance is under way, as the procedure draws it."""

from tracking import execution
from workflows import procedimiento_att


def test_the_rule_names_the_step_of_the_procedure_as_it_is_drawn() -> None:
    drawn = next(iter(procedimiento_att.PROCESS.files.values()))
    element = drawn.partition(f'<bpmn:userTask id="{execution.STEP}" name="')[2].partition("</bpmn:userTask>")[0]
    name = element.partition('"')[0]
    assert f"«{name}»" in execution.RULE
    assert '<spiffworkflow:property name="step" value="4" />' in element
    assert "paso 4 " in execution.RULE
