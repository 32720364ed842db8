Attribute VB_Name = "ReturnsMacros"
' What buttons and ribbon run. Each macro hands over to Python and returns.
' Never run in real Excel by its makers; see docs/first-run-in-excel.md.
Option Explicit

Public Sub ProcessReturns()
Attribute ProcessReturns.VB_Description = "Decide every row and write the record, the Log and the Check sheet."
    RunDesk "process_returns"
End Sub

Public Sub ImportReports()
Attribute ImportReports.VB_Description = "Take Amazon's reports into the workbook."
    RunDesk "import_reports"
End Sub

Public Sub CheckPolicy()
Attribute CheckPolicy.VB_Description = "Say what is wrong in policy, cases and rows."
    RunDesk "check_policy"
End Sub

Public Sub ExplainRow()
Attribute ExplainRow.VB_Description = "Say all about the selected return."
    RunDesk "explain_row"
End Sub

Public Sub ExportDecisions()
Attribute ExportDecisions.VB_Description = "Write the decisions to a CSV file beside the workbook."
    RunDesk "export"
End Sub

Public Sub TakeGoodsIn()
Attribute TakeGoodsIn.VB_Description = "Take the lines of Goods In into Returns."
    RunDesk "take_goods_in"
End Sub

Public Sub Negotiate()
Attribute Negotiate.VB_Description = "Offers for the selected return: the next one, and how they were answered."
    RunDesk "negotiate"
End Sub

Public Sub SplitReturn()
Attribute SplitReturn.VB_Description = "Split the selected return by units into several."
    RunDesk "split_return"
End Sub

Public Sub ExportFiles()
Attribute ExportFiles.VB_Description = "Write refunds for upload, messages, appeals and returnless rules into a folder beside the workbook."
    RunDesk "export_files"
End Sub

Public Sub PlanGoods()
Attribute PlanGoods.VB_Description = "Plan all goods together and write the Goods Plan sheet."
    RunDesk "plan_goods"
End Sub

Public Sub LookIntoReturns()
Attribute LookIntoReturns.VB_Description = "Write what returns cost, why they come and what to mend first."
    RunDesk "look_into_returns"
End Sub

Public Sub ReplayPolicy()
Attribute ReplayPolicy.VB_Description = "Replay the returns under the policy of another workbook."
    RunDesk "replay"
End Sub

Public Sub ProveLog()
Attribute ProveLog.VB_Description = "Prove that the Log is whole and that every decision comes out again."
    RunDesk "prove_log"
End Sub

Public Sub ShowHelp()
Attribute ShowHelp.VB_Description = "Go to the Start sheet."
    ReturnsLive.TableNamed("Live").Parent.Activate
End Sub

Public Sub RibbonProcess(ByVal control As Object)
    ProcessReturns
End Sub

Public Sub RibbonImport(ByVal control As Object)
    ImportReports
End Sub

Public Sub RibbonCheck(ByVal control As Object)
    CheckPolicy
End Sub

Public Sub RibbonExplain(ByVal control As Object)
    ExplainRow
End Sub

Public Sub RibbonExport(ByVal control As Object)
    ExportDecisions
End Sub

Public Sub RibbonGoodsIn(ByVal control As Object)
    TakeGoodsIn
End Sub

Public Sub RibbonNegotiate(ByVal control As Object)
    Negotiate
End Sub

Public Sub RibbonSplit(ByVal control As Object)
    SplitReturn
End Sub

Public Sub RibbonExportFiles(ByVal control As Object)
    ExportFiles
End Sub

Public Sub RibbonPlanGoods(ByVal control As Object)
    PlanGoods
End Sub

Public Sub RibbonInsights(ByVal control As Object)
    LookIntoReturns
End Sub

Public Sub RibbonReplay(ByVal control As Object)
    ReplayPolicy
End Sub

Public Sub RibbonProve(ByVal control As Object)
    ProveLog
End Sub

Public Sub RibbonHelp(ByVal control As Object)
    ShowHelp
End Sub

' The files that the seller chooses, one a line; called from Python.
Public Function PickFiles() As String
    Dim chosen As Variant, i As Long
    chosen = Application.GetOpenFilename(Title:=ReturnsLive.Said("Choose the files", ""), MultiSelect:=True)
    If Not IsArray(chosen) Then Exit Function
    For i = LBound(chosen) To UBound(chosen)
        PickFiles = PickFiles & chosen(i) & vbLf
    Next i
End Function

' What the seller types; blank when they cancel. Called from Python.
Public Function AskText(ByVal prompt As String, ByVal usual As String) As String
    AskText = InputBox(prompt, Boxed("Returns", ""), usual)
End Function

Private Sub RunDesk(ByVal job As String)
    Dim odd As String
    If ThisWorkbook.Path = "" Then
        MsgBox Boxed("Save the workbook first.", ""), vbExclamation, Boxed("Returns", "")
        Exit Sub
    End If
    If ReturnsLive.CountsFrom1904() Then
        MsgBox Boxed("The workbook counts days from 1904; switch that off in Excel's options, Advanced.", ""), vbExclamation, Boxed("Returns", "")
        Exit Sub
    End If
    odd = OddCharacter(ThisWorkbook.FullName)
    If odd <> "" Then
        MsgBox Replace(Boxed("The workbook's name or folder holds the character {odd} which the system could take for a command. Save it under another name.", ""), "{odd}", odd), vbExclamation, Boxed("Returns", "")
        Exit Sub
    End If
    RunPython "from xl_returns import macros; macros." & job & "()"
End Sub

' A sentence for a box of VBA's own, which shows the letters of the system's code page only: where
' that lacks Chinese, English is better than question marks.
Public Function Boxed(ByVal english As String, ByVal codes As String) As String
    Boxed = ReturnsLive.Said(english, codes)
    If StrConv(StrConv(Boxed, vbFromUnicode), vbUnicode) <> Boxed Then Boxed = english
End Function

' The first character that a shell could read as something else than a name.
Public Function OddCharacter(ByVal path As String) As String
    Dim odd As String, i As Long
    odd = "|""`$;=%^!<>*?" & vbCr & vbLf
    For i = 1 To Len(odd)
        If InStr(path, Mid(odd, i, 1)) > 0 Then
            OddCharacter = Mid(odd, i, 1)
            Exit Function
        End If
    Next i
End Function
