Attribute VB_Name = "ReturnsLive"
' The runtime of the worksheet functions in xlwings_udfs.
'
' All cells of the Returns table are answered from one array that Python fills: the first cell that
' is calculated after a change sends every changed row in one call, the others only look up.
' Never run in real Excel by its makers; see docs/first-run-in-excel.md.
Option Explicit

Private Const PYTHON_MODULE As String = "xl_returns.functions"
Private Const SEND_POLICY As String = "#POLICY"
Private Const SEND_TABLE As String = "#TABLE"
Private Const SUGGESTIONS As Long = 13
Private Const REST_SECONDS As Long = 60
Private Const REST_AFTER_TABLE As Long = 5
Private Const SERVER_GONE As String = "|462|-2147023174|-2147023170|-2147417848|-2147418094|"

Private server As Object
Private restUntil As Date
Private lastMessage As String
Private shownMessage As String
Private session As String
Private knownFor As String
Private seen As Variant
Private answers() As Variant
Private rowsWaiting As String

' One suggestion for one row. Rows of the Returns table are answered together.
Public Function LiveValue(ByVal functionName As String, ByVal suggestion As Long, ByRef cells As Variant, ByRef policy As Variant, ByRef asOf As Variant, ByRef headers As Variant) As Variant
    On Error GoTo failed
    Dim position As Long
    If Not CanRun() Or IsError(Plain(policy)) Then
        LiveValue = CVErr(xlErrNA)
        Exit Function
    End If
    position = PositionInTable(cells)
    If position = 0 Then
        LiveValue = Shown(AskPython(functionName, Array(Plain(cells), Plain(policy), Plain(asOf), Plain(headers))))
        Exit Function
    End If
    If Not IsKnown(position, cells.Value2, Key(policy, asOf)) Then SendChanges cells, policy, asOf
    LiveValue = answers(position, suggestion)
    Exit Function
failed:
    LiveValue = Failure(Err.Description)
    If position > 0 And Now >= restUntil Then restUntil = Now + TimeSerial(0, 0, REST_AFTER_TABLE)
End Function

' Any other function: its arguments as plain values, one call.
Public Function CallPlain(ByVal functionName As String, ByVal arguments As Variant) As Variant
    On Error GoTo failed
    Dim i As Long
    If Not CanRun() Then
        CallPlain = CVErr(xlErrNA)
        Exit Function
    End If
    For i = LBound(arguments) To UBound(arguments)
        If IsError(arguments(i)) Then
            CallPlain = arguments(i)
            Exit Function
        End If
    Next i
    CallPlain = Shown(AskPython(functionName, arguments))
    Exit Function
failed:
    CallPlain = Failure(Err.Description)
End Function

' What the functions say last: an error with its remedy, or that they are live.
Public Function RETURN_STATUS(Optional ByVal follows As Variant) As Variant
Attribute RETURN_STATUS.VB_Description = "The last message of the live functions. Give it any cell to follow."
    If lastMessage = "" Then
        RETURN_STATUS = Said("Live functions are ready", "")
    Else
        RETURN_STATUS = lastMessage
    End If
End Function

' A range as its plain values, anything else as it is, a missing argument as Empty.
Public Function Plain(ByRef argument As Variant) As Variant
    If IsObject(argument) Then
        Plain = argument.Value2
    ElseIf IsMissing(argument) Then
        Plain = Empty
    Else
        Plain = argument
    End If
End Function

' Start Python, if this computer can.
Public Function Warm() As Boolean
    If Not CanRun() Then Exit Function
    On Error Resume Next
    If server Is Nothing Then Set server = XLPy()
    Warm = Err.Number = 0 And Not server Is Nothing
    If Not Warm Then lastMessage = Said("Python does not start; run xl-returns doctor.", "") & " " & LastLine(Err.Description)
End Function

' Once Excel has finished: show a new message, and calculate rows that changed because of others.
Public Sub CalculateWaiting()
    Dim waiting As Variant, body As Object, i As Long
    If shownMessage <> lastMessage Then
        shownMessage = lastMessage
        TableNamed("Live").ListColumns(2).DataBodyRange.Calculate
    End If
    If rowsWaiting = "" Then Exit Sub
    waiting = Split(rowsWaiting, " ")
    rowsWaiting = ""
    Set body = TableNamed("Returns").DataBodyRange
    For i = LBound(waiting) To UBound(waiting)
        If waiting(i) <> "" Then body.Rows(CLng(waiting(i))).Calculate
    Next i
End Sub

' The server that answers needs Windows; nothing may be calculated away elsewhere.
Public Function OnMac() As Boolean
    OnMac = InStr(1, Application.OperatingSystem, "Macintosh", vbTextCompare) > 0
End Function

' Whether the workbook's serial days count from 1904, which the desk does not read.
Public Function CountsFrom1904() As Boolean
    On Error Resume Next
    CountsFrom1904 = ThisWorkbook.Date1904
End Function

Private Function CanRun() As Boolean
    If OnMac() Then Exit Function
    If CountsFrom1904() Then
        lastMessage = Said("The workbook counts days from 1904; switch that off in Excel's options, Advanced.", "")
        Exit Function
    End If
    CanRun = Now >= restUntil
End Function

Private Function Key(ByRef policy As Variant, ByRef asOf As Variant) As String
    Key = CStr(Plain(policy)) & " " & CStr(Plain(asOf))
End Function

' The row's place below the header of Returns, from 1; 0 for cells elsewhere.
Private Function PositionInTable(ByRef cells As Variant) As Long
    If Not IsObject(cells) Then Exit Function
    If cells.Rows.Count <> 1 Then Exit Function
    If cells.ListObject Is Nothing Then Exit Function
    If cells.ListObject.Name <> "Returns" Then Exit Function
    PositionInTable = cells.Row - cells.ListObject.HeaderRowRange.Row
End Function

' A table of this workbook, whichever workbook is in front.
Public Function TableNamed(ByVal tableName As String) As Object
    Dim sheet As Object, table As Object
    For Each sheet In ThisWorkbook.Worksheets
        For Each table In sheet.ListObjects
            If table.Name = tableName Then
                Set TableNamed = table
                Exit Function
            End If
        Next table
    Next sheet
    Err.Raise 1004, , Replace(Said("The workbook has no table named {table}; take a fresh workbook.", ""), "{table}", tableName)
End Function

Private Function IsKnown(ByVal position As Long, ByRef values As Variant, ByVal stamp As String) As Boolean
    If stamp <> knownFor Then Exit Function
    If position > UBound(seen, 1) Or UBound(values, 2) <> UBound(seen, 2) Then Exit Function
    IsKnown = SameRow(values, 1, seen, position)
End Function

' Whether two rows of two arrays hold the same.
Public Function SameRow(ByRef one As Variant, ByVal oneRow As Long, ByRef other As Variant, ByVal otherRow As Long) As Boolean
    Dim column As Long
    For column = 1 To UBound(one, 2)
        If VarType(one(oneRow, column)) <> VarType(other(otherRow, column)) Then Exit Function
        If IsError(one(oneRow, column)) Then
            If CStr(one(oneRow, column)) <> CStr(other(otherRow, column)) Then Exit Function
        ElseIf one(oneRow, column) <> other(otherRow, column) Then
            Exit Function
        End If
    Next column
    SameRow = True
End Function

' Send the rows that changed since the last time, and keep the answers.
Private Sub SendChanges(ByVal cells As Object, ByRef policy As Variant, ByRef asOf As Variant)
    Dim body As Object, block As Object, values As Variant, headers As Variant, reply As String
    Dim whole As Boolean, attempt As Long, positions As Variant
    Set body = cells.ListObject.DataBodyRange
    Set block = Application.Intersect(cells.EntireColumn, body)
    values = block.Value2
    headers = Application.Intersect(cells.EntireColumn, cells.ListObject.HeaderRowRange).Value2
    If session = "" Then session = Format(Now, "yyyymmddhhnnss") & CStr(Int(Rnd * 1000000))
    whole = Not SameShape(values) Or knownFor <> Key(policy, asOf)
    For attempt = 1 To 3
        positions = ChangedRows(values, whole)
        reply = SendRows(values, positions, headers, policy, asOf)
        If reply = SEND_TABLE Then
            whole = True
        ElseIf reply = SEND_POLICY Then
            LoadPolicy
        Else
            Exit For
        End If
    Next attempt
    If reply = SEND_TABLE Or reply = SEND_POLICY Then Err.Raise 1004, , Said("Python does not keep the table; restart Excel.", "")
    If whole Then ReDim answers(1 To UBound(values, 1), 1 To SUGGESTIONS)
    KeepAnswers reply, positions, UBound(values, 1)
    seen = values
    knownFor = Key(policy, asOf)
    lastMessage = ""
End Sub

Private Function SameShape(ByRef values As Variant) As Boolean
    If Not IsArray(seen) Then Exit Function
    SameShape = UBound(values, 1) = UBound(seen, 1) And UBound(values, 2) = UBound(seen, 2)
End Function

Private Function SendRows(ByRef values As Variant, ByRef positions As Variant, ByRef headers As Variant, ByRef policy As Variant, ByRef asOf As Variant) As String
    Dim rows As Variant, count As Long, row As Long, column As Long
    count = UBound(positions) + 1
    ReDim rows(1 To count, 1 To UBound(values, 2))
    For row = 1 To count
        For column = 1 To UBound(values, 2)
            rows(row, column) = values(positions(row - 1) + 1, column)
        Next column
    Next row
    SendRows = AskPython("changed_rows", Array(session, Plain(policy), Plain(asOf), headers, UBound(values, 1), positions, rows))
End Function

' Positions, from 0, of the rows that differ from those sent last.
Public Function ChangedRows(ByRef values As Variant, ByVal whole As Boolean) As Variant
    Dim found() As Variant, count As Long, row As Long, changed As Boolean
    ReDim found(0 To UBound(values, 1) - 1)
    For row = 1 To UBound(values, 1)
        changed = whole
        If Not changed Then changed = Not SameRow(values, row, seen, row)
        If changed Then
            found(count) = row - 1
            count = count + 1
        End If
    Next row
    If count = 0 Then
        found(0) = 0
        count = 1
    End If
    ReDim Preserve found(0 To count - 1)
    ChangedRows = found
End Function

' Keep the answers; rows that were not sent are calculated again when Excel has finished.
Private Sub KeepAnswers(ByVal reply As String, ByRef positions As Variant, ByVal count As Long)
    Dim rows As Variant, parts As Variant, sent() As Boolean, i As Long, column As Long, position As Long
    If reply = "" Then Exit Sub
    ReDim sent(1 To count)
    For i = LBound(positions) To UBound(positions)
        sent(positions(i) + 1) = True
    Next i
    rows = Split(reply, Chr(30))
    For i = LBound(rows) To UBound(rows)
        parts = Split(rows(i), Chr(31))
        position = CLng(parts(0)) + 1
        For column = 1 To SUGGESTIONS
            answers(position, column) = Unpacked(parts(column))
        Next column
        If Not sent(position) Then rowsWaiting = rowsWaiting & " " & position
    Next i
End Sub

' A packed answer: t text, n number.
Public Function Unpacked(ByVal text As String) As Variant
    If Left(text, 1) = "n" Then
        Unpacked = Val(Mid(text, 2))
    Else
        Unpacked = Mid(text, 2)
    End If
End Function

' Python's answer for a cell: error names become real errors; a policy that is asked for is loaded.
Private Function Shown(ByRef answer As Variant) As Variant
    Shown = answer
    If VarType(answer) <> vbString Then Exit Function
    If answer = SEND_POLICY Then
        LoadPolicy
        Shown = CVErr(xlErrNA)
    End If
End Function

Private Sub LoadPolicy()
    Dim tables As Variant, i As Long
    tables = PolicyTables()
    For i = LBound(tables) To UBound(tables)
        tables(i) = TableNamed(tables(i)).Range.Value2
    Next i
    AskPython "RETURN_POLICY", tables
End Sub

' One call into Python, in the server that is kept; a server that is gone is started again once.
Private Function AskPython(ByVal functionName As String, ByVal arguments As Variant) As Variant
    Dim attempt As Long, number As Long, message As String
    For attempt = 1 To 2
        On Error Resume Next
        Err.Clear
        If server Is Nothing Then Set server = XLPy()
        If Err.Number <> 0 Then
            number = Err.Number
            message = Err.Description
            On Error GoTo 0
            Set server = Nothing
            restUntil = Now + TimeSerial(0, 0, REST_SECONDS)
            Err.Raise number, , Said("Python does not start; run xl-returns doctor.", "") & " " & message
        End If
        AskPython = server.CallUDF(PYTHON_MODULE, functionName, arguments)
        number = Err.Number
        message = Err.Description
        On Error GoTo 0
        If number = 0 Then Exit Function
        If InStr(SERVER_GONE, "|" & number & "|") = 0 Then Err.Raise number, , message
        Set server = Nothing
        knownFor = ""
    Next attempt
    Err.Raise number, , message
End Function

' An error for a cell; its sentence is kept for RETURN_STATUS.
Public Function Failure(ByVal message As String) As Variant
    lastMessage = Left(Sentence(LastLine(message)), 255)
    If Now < restUntil Then
        Failure = CVErr(xlErrNA)
    Else
        Failure = CVErr(xlErrValue)
    End If
End Function

' A sentence in the workbook's language: where that is Chinese the build adds its letters' codes,
' for VBA's sources hold no such letters.
Public Function Said(ByVal english As String, ByVal codes As String) As String
    Dim i As Long
    If codes = "" Then Said = english
    For i = 1 To Len(codes) Step 4
        Said = Said & ChrW(CLng("&H" & Mid(codes, i, 4) & "&"))
    Next i
End Function

' What a refusal says, without Python's name for it.
Public Function Sentence(ByVal message As String) As String
    Dim place As Long
    place = InStr(message, "Refusal: ")
    If place = 0 Then Sentence = message Else Sentence = Mid(message, place + 9)
End Function

' A Python error arrives with its whole history; the last line says what is wrong.
Public Function LastLine(ByVal message As String) As String
    Dim lines As Variant, i As Long
    lines = Split(Replace(message, vbCr, ""), vbLf)
    For i = UBound(lines) To LBound(lines) Step -1
        If Trim(lines(i)) <> "" Then
            LastLine = Trim(lines(i))
            Exit Function
        End If
    Next i
End Function
