"""What people see of a result: the statement of its method, its report, its workbook, its cards."""
