// On the page of ingreso, after a form came without a session: the next page offers what was typed in it (passing.js).

import { expect } from "./passing.js";

expect();
