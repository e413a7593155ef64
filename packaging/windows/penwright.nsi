; The installer for Windows: for one user, without an administrator. Compiled by installers.windows:
;   makensis -DVERSION=1.2.3 -DPAYLOAD=folder -DICON=penwright.ico -DLICENCE=LICENSE -DOUT=setup.exe penwright.nsi
; Silent: setup.exe /S [/D=C:\folder]. Exit codes: 0 done, 2 stopped by the user, 5 the program was running.
; Uninstaller: uninstall.exe [/S] [/PURGE]; without /PURGE the writer's own files always stay.

Unicode true
SetCompressor /SOLID lzma
RequestExecutionLevel user
ManifestDPIAware true
ManifestSupportedOS all
ManifestLongPathAware true

!include "MUI2.nsh"
!include "FileFunc.nsh"
!include "LogicLib.nsh"
!include "WinVer.nsh"
!include "x64.nsh"

!define KEY "Software\Penwright"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\org.penwright.Penwright"
!define KIND "Penwright.Markdown"

Name "Penwright"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\Penwright"
InstallDirRegKey HKCU "${KEY}" "Folder"
BrandingText "Penwright ${VERSION}"

VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=0 "ProductName" "Penwright"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "FileDescription" "Penwright setup"
VIAddVersionKey /LANG=0 "LegalCopyright" "MIT licence"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\app\penwright.exe"
!define MUI_FINISHPAGE_NOREBOOTSUPPORT
!define MUI_COMPONENTSPAGE_NODESC
!define MUI_LANGDLL_REGISTRY_ROOT HKCU
!define MUI_LANGDLL_REGISTRY_KEY "${KEY}"
!define MUI_LANGDLL_REGISTRY_VALUENAME "Language"

!insertmacro MUI_PAGE_LICENSE "${LICENCE}"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_RESERVEFILE_LANGDLL

LangString PROGRAM ${LANG_ENGLISH} "Penwright"
LangString PROGRAM ${LANG_SIMPCHINESE} "Penwright"
LangString OPENS ${LANG_ENGLISH} "Offer Penwright for Markdown files"
LangString OPENS ${LANG_SIMPCHINESE} "在 Markdown 文件的打开方式中列出 Penwright"
LangString DESKTOP ${LANG_ENGLISH} "Shortcut on the desktop"
LangString DESKTOP ${LANG_SIMPCHINESE} "桌面快捷方式"
LangString DOCUMENT ${LANG_ENGLISH} "Markdown text"
LangString DOCUMENT ${LANG_SIMPCHINESE} "Markdown 文本"
LangString DESK ${LANG_ENGLISH} "An offline writing desk"
LangString DESK ${LANG_SIMPCHINESE} "离线写作桌面"
LangString RUNNING ${LANG_ENGLISH} "Penwright is running. Save your texts, close it, and choose Retry."
LangString RUNNING ${LANG_SIMPCHINESE} "Penwright 正在运行。请保存文稿并关闭它，然后选择“重试”。"
LangString OLD ${LANG_ENGLISH} "Penwright needs Windows 10 or newer, 64 bits. Nothing was installed."
LangString OLD ${LANG_SIMPCHINESE} "Penwright 需要 64 位的 Windows 10 或更新的系统。没有安装任何文件。"
LangString OTHERS ${LANG_ENGLISH} "$INSTDIR holds other files. Choose a folder of Penwright's own; nothing was installed."
LangString OTHERS ${LANG_SIMPCHINESE} "$INSTDIR 中有其他文件。请为 Penwright 选择单独的文件夹；没有安装任何文件。"
LangString HALF ${LANG_ENGLISH} "The new program could not take the old one's place, so the old one stays. Close what uses it, and try again."
LangString HALF ${LANG_SIMPCHINESE} "新程序未能替换旧程序，旧程序保持原样。请关闭正在使用它的程序后再试。"
LangString ERASE ${LANG_ENGLISH} "Also erase my settings, journals and models"
LangString ERASE ${LANG_SIMPCHINESE} "同时删除我的设置、恢复记录和模型"
LangString SURE ${LANG_ENGLISH} "This erases Penwright's settings, its models, and texts that were never saved to a file. Erase them?"
LangString SURE ${LANG_SIMPCHINESE} "这将删除 Penwright 的设置、模型，以及从未保存成文件的文稿。确定删除吗？"

; Leaves the program's folder free to be moved, or ends: a file that runs can't be opened for writing.
!macro FREE un
  Function ${un}Free
    again:
    IfFileExists "$INSTDIR\app\penwright.exe" 0 free
    ClearErrors
    FileOpen $0 "$INSTDIR\app\penwright.exe" a
    IfErrors busy
    FileClose $0
    Goto free
    busy:
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(RUNNING)" /SD IDCANCEL IDRETRY again
    SetErrorLevel 5
    Quit
    free:
  FunctionEnd
!macroend
!insertmacro FREE ""
!insertmacro FREE "un."

Function .onInit
  !insertmacro MUI_LANGDLL_DISPLAY
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastWin10}
    MessageBox MB_OK|MB_ICONSTOP "$(OLD)" /SD IDOK
    SetErrorLevel 3
    Quit
  ${EndIf}
FunctionEnd

Section "$(PROGRAM)" SEC_PROGRAM
  SectionIn RO
  ; A folder with something else in it is somebody's: nothing of it may be moved or deleted.
  ${If} ${FileExists} "$INSTDIR\*.*"
  ${AndIfNot} ${FileExists} "$INSTDIR\uninstall.exe"
    ${DirState} "$INSTDIR" $0
    ${If} $0 = 1
      MessageBox MB_OK|MB_ICONSTOP "$(OTHERS)" /SD IDOK
      SetErrorLevel 4
      Quit
    ${EndIf}
  ${EndIf}
  Call Free
  ; An installation that was cut off after the old program was put aside: it is the one that works.
  ${IfNot} ${FileExists} "$INSTDIR\app\penwright.exe"
  ${AndIf} ${FileExists} "$INSTDIR\app.old\penwright.exe"
    RMDir /r "$INSTDIR\app"
    Rename "$INSTDIR\app.old" "$INSTDIR\app"
  ${EndIf}
  ; The new program is whole beside the old one before it takes its place.
  RMDir /r "$INSTDIR\app.new"
  RMDir /r "$INSTDIR\app.old"
  SetOutPath "$INSTDIR\app.new"
  File /r "${PAYLOAD}/*"
  SetOutPath "$INSTDIR"
  ClearErrors
  ${If} ${FileExists} "$INSTDIR\app\*.*"
    Rename "$INSTDIR\app" "$INSTDIR\app.old"
    ${If} ${Errors}
      RMDir /r "$INSTDIR\app.new"
      MessageBox MB_OK|MB_ICONSTOP "$(HALF)" /SD IDOK
      SetErrorLevel 5
      Quit
    ${EndIf}
  ${EndIf}
  Rename "$INSTDIR\app.new" "$INSTDIR\app"
  ${If} ${Errors}
    Rename "$INSTDIR\app.old" "$INSTDIR\app"
    MessageBox MB_OK|MB_ICONSTOP "$(HALF)" /SD IDOK
    SetErrorLevel 5
    Quit
  ${EndIf}
  RMDir /r "$INSTDIR\app.old"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortCut "$SMPROGRAMS\Penwright.lnk" "$INSTDIR\app\penwright.exe" "" "" "" "" "" "$(DESK)"
  WriteRegStr HKCU "${KEY}" "Folder" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Penwright"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\app\penwright.exe"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The Penwright developers"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  IntFmt $0 "0x%08X" $0
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" "$0"
SectionEnd

Section "$(OPENS)" SEC_OPENS
  ; Offered beside what opens them now, never put in its place: that is the user's to choose.
  WriteRegStr HKCU "Software\Classes\${KIND}" "" "$(DOCUMENT)"
  WriteRegStr HKCU "Software\Classes\${KIND}\DefaultIcon" "" "$INSTDIR\app\penwright.exe,0"
  WriteRegStr HKCU "Software\Classes\${KIND}\shell\open\command" "" '"$INSTDIR\app\penwright.exe" "%1"'
  WriteRegStr HKCU "Software\Classes\.md\OpenWithProgids" "${KIND}" ""
  WriteRegStr HKCU "Software\Classes\.markdown\OpenWithProgids" "${KIND}" ""
  WriteRegStr HKCU "${KEY}\Capabilities" "ApplicationName" "Penwright"
  WriteRegStr HKCU "${KEY}\Capabilities" "ApplicationDescription" "$(DESK)"
  WriteRegStr HKCU "${KEY}\Capabilities\FileAssociations" ".md" "${KIND}"
  WriteRegStr HKCU "${KEY}\Capabilities\FileAssociations" ".markdown" "${KIND}"
  WriteRegStr HKCU "Software\RegisteredApplications" "Penwright" "${KEY}\Capabilities"
  ${RefreshShellIcons}
SectionEnd

Section /o "$(DESKTOP)" SEC_DESKTOP
  CreateShortCut "$DESKTOP\Penwright.lnk" "$INSTDIR\app\penwright.exe" "" "" "" "" "" "$(DESK)"
SectionEnd

Section "un.$(PROGRAM)" UNSEC_PROGRAM
  SectionIn RO
  Call un.Free
  RMDir /r "$INSTDIR\app"
  RMDir /r "$INSTDIR\app.new"
  RMDir /r "$INSTDIR\app.old"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR" ; only if nothing else is in it
  Delete "$SMPROGRAMS\Penwright.lnk"
  Delete "$DESKTOP\Penwright.lnk"
  DeleteRegValue HKCU "Software\Classes\.md\OpenWithProgids" "${KIND}"
  DeleteRegValue HKCU "Software\Classes\.markdown\OpenWithProgids" "${KIND}"
  DeleteRegKey HKCU "Software\Classes\${KIND}"
  DeleteRegValue HKCU "Software\RegisteredApplications" "Penwright"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "${KEY}"
  ${RefreshShellIcons}
SectionEnd

Section /o "un.$(ERASE)" UNSEC_ERASE
  MessageBox MB_YESNO|MB_ICONEXCLAMATION|MB_DEFBUTTON2 "$(SURE)" /SD IDYES IDNO kept
  RMDir /r "$LOCALAPPDATA\penwright"
  kept:
SectionEnd

Function un.onInit
  !insertmacro MUI_UNGETLANGUAGE
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/PURGE" $1
  ${IfNot} ${Errors}
    SectionGetFlags ${UNSEC_ERASE} $2
    IntOp $2 $2 | ${SF_SELECTED}
    SectionSetFlags ${UNSEC_ERASE} $2
  ${EndIf}
FunctionEnd
