"""What people fill in at each step of ATT, declared once: one module per process."""

from forms.declaration import Form
from workflows import rules as rules  # registers the rules that the forms below name
from workflows.forms import accion_correctiva
from workflows.forms import activacion
from workflows.forms import apoyo_experto
from workflows.forms import comunicaciones
from workflows.forms import diseno
from workflows.forms import gobernanza
from workflows.forms import informes
from workflows.forms import modificacion
from workflows.forms import prediseno
from workflows.forms import procedimiento
from workflows.forms import seguimiento

BY_PROCESS: dict[str, tuple[Form, ...]] = {
    "prediseno": prediseno.FORMS,
    "diseno": diseno.FORMS,
    "activacion": activacion.FORMS,
    "seguimiento": seguimiento.FORMS,
    "comunicaciones": comunicaciones.FORMS,
    "gobernanza": gobernanza.FORMS,
    "modificacion_protocolo": modificacion.FORMS,
    "procedimiento_att": procedimiento.FORMS,
    "accion_correctiva": accion_correctiva.FORMS,
    "apoyo_experto": apoyo_experto.FORMS,
    "informe_mensual": informes.MONTHLY,
    "reporte_regional": informes.REGIONAL,
}

FORMS: dict[str, Form] = {form.name: form for forms in BY_PROCESS.values() for form in forms}
