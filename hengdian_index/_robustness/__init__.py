"""How far an answer hangs on the choices behind it."""
