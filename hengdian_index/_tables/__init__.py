"""The border: tables of any kind come in as arrays with labels, and go out as they came."""
