"""Words of descriptions that say what was imaged and how, and never who (PS3.15 §E.3.5, note 2).

A word that is not here is not kept: names, places and numbers of files are in no list. Words that
are names of people as often as of things are left out on purpose.
"""

from __future__ import annotations

__all__ = ["TERMS", "UNITS", "WORDS"]

_ANATOMY = """
abdomen abdominal abd adrenal adrenals airway ankle anterior aorta aortic apex apical appendix arch
arm arterial arteries artery articulation atria atrial atrium axilla axillary back basal bile
biliary bladder bone bones bowel brachial brain brainstem breast breasts bronchi bronchial bronchus
calcaneus calf capsule cardiac carotid carotids carpal cavity cerebellum cerebral cerebri cervical
cervix chest circulation clavicle coccyx colon cord cords coronary corpus cortex cortical cranial
cranium csf dental diaphragm disc disk dorsal duct ducts duodenum ear ears elbow endocardial
epicardial esophagus extremities extremity eye eyes face facial femoral femur fetal fetus fibula
finger fingers foot forearm fossa gallbladder gland glands gluteal groin hand head heart hemithorax
hepatic hip hips hippocampus humerus ica iliac ilium inferior inguinal internal intestine jaw joint
joints kidney kidneys knee knees kub larynx leg legs ligament limb lower lsp lspine lumbar
lumbosacral lung lungs lymph lymphatic mandible maxilla mediastinum meniscus mesenteric metacarpal
metatarsal mitral muscle muscles musculoskeletal myocardial myocardium nasal nasopharynx neck nerve
nerves node nodes nose ocular oesophagus optic oral orbit orbital orbits ovarian ovaries ovary
palate pancreas pancreatic parathyroid parotid patella pelvic pelvis pericardium peripheral
peritoneum petrous phalanx pharynx pituitary placenta pleura pleural portal prostate pulmonary
radius rectal rectum renal retina retinal retroperitoneum rib ribs sacral sacroiliac sacrum
salivary scalp scapula scrotal scrotum sella septum shoulder shoulders sinus sinuses skeletal
skeleton skin skull spinal spine spleen sternum stomach subclavian tarsal temporal tendon
testicular testis thigh thoracic thoracolumbar thorax throat thumb thymus thyroid tibia tmj tmjs
toe toes tongue tooth trachea tspine tube ulna upper ureter ureters urethra urinary uterine uterus
vagina vascular vein veins vena venous ventricle ventricles ventricular vertebra vertebrae vessel
vessels wrist
"""
_POSITION = """
anteroposterior ap ascending ax axial axis bilateral both caudal cc cephalad chamber chambers
contralateral cor coronal cranio craniocaudal cross decubitus deep descending distal dorsoplantar
down erect external feet ffs ffp frontal flexion extension frog hfp hfs horizontal inlet inner
ipsilateral landscape lao lat lateral lateromedial ld lmo left leftward ll lm lpo lt medial
mediolateral midline ml mlo mpr neutral oblique obl orthogonal outer outlet pa para parasternal
plane planes plantar portrait posterior posteroanterior prone proximal rao rcc rl rmlo rotation
rotated rotational lcc lmlo rpo rt sag sagittal sax lax seated side sitting skyline standing
subcostal sunrise superior supine swimmer tangential transaxial trans transverse tra up upright
valgus varus ventral vertical view views weightbearing xccl right
"""
_TECHNIQUE = """
acquisition acquired adc aec angio angiogram angiography angled arthrogram arthrography asl
attenuation average averaged axis background baseline bh biopsy blade blood bold bolus breath
breathhold bravo bssfp calc calcium calibration cbct cbf cbv ce ceus cemra cine ciss clear
collimation color colour combined comparison composite compression computed cone contrast
contrasted corrected correction cr ct cta ctv cube curved cystogram cystography decay deconvolution
default defecography delay delayed delta density derived dess dexa diagnostic diff diffusion
diffusionweighted digital dim dixon dlp doppler dose double drip dsa dsc dti dual dwi dx dxa
dynamic dynamics early ecg echo echocardiogram echocardiography edge ekg elastography emission
endoscopy enema enhanced enhancement enlarged epi epi2d ep2d ep2d_diff eq equilibrium excretory
exam examination expiration expiratory fast fat fatsat fdg fgre fiesta field filter filtered
filtering fine first flair flash flow fluoro fluoroscopy fmri follow followup fov frfse fs fse ffe
functional fused fusion gad gadolinium gain gate gated gating gradient gre gsps gtv guidance guided
haste hardcopy hd helical high hires hrct ht hybrid iac image images imaging in injection inphase
input inspiration inspiratory intensity intermediate interventional intravenous inversion iodine ir
irm isotropic iterative ivim iv ivp kernel kv kvp lava lesion level linear liver loc localiser
localizer localization long loop low lung lut ma magnetic magnitude mam mammo mammogram mammography
map mapping maps mask mean measurement medium mg min mini minimum mip minip moco mode model
monitoring motion mp2rage mpg mprage mpgr mr mra mrcp mri mrs mrv multi multiecho multiphase
multiplanar multislice myelogram myelography native nav navigator nc neg neuro nm noise non noncon
noncontrast none normal nuclear number o2 oct opp opposed opposedphase optical oral out outphase
overlay pad paint pano panorama panoramic parallel parametric part partial pass pc pca pd pdw perf
perfusion pet petct petmr phantom phase phased phases photo plain plan planning plus portable pos
positron post postcontrast power pre precontrast preliminary premium prep prescan pressure primary
procedure projection propeller protocol proton prospective pulse pulsed pvr quality quantitative
radiograph radiography radiology radiotherapy ramp range rapid raw read recon reconstructed
reconstruction reduced ref reference reformat reformatted reformats refocused registered
registration relaxation removed report rescale resolution resonance respiration respiratory rest
resting result results retro retrospective rf rois roi rtdose rtplan rtstruct run sat saturation
sbrt scan scanogram scanned scans scintigraphy scout screening screen sec sense sensitivity
segmentation segmented seq sequence sequential serie series set setup shim short shot silent
simulation single skip sl slab slice slices slow smart smooth soft space spair spect spectroscopy
spgr spin spine spiral spir spoiled ssfp ssfse standard start static std stereo stereotactic stir
stop store strain stress structure studies study sub subtracted subtraction sum summary summed
supra survey suppressed suppression surface surgical surgery susceptibility surview swan swi sws
sweep syngo system t1 t1w t2 t2w t2star table target tagged te test tf2d tfe tfl thick thickness
thin thickslice thinslice thrive ti time tir tirm tissue tof tomo tomography tomosynthesis topogram
total tr trace track tracking treatment treated trigger triggered true trufi truefisp tse turbo
ultrasound uncorrected unenhanced unfused us utrasound vasc vcug venc venogram venography
verification vibe video virtual vista voiding volume volumetric volumes voxel wash washin washout
water wb weighted whole wholebody wide window windowed with without wo w xa xr xray x zoom zoomed
2d 3d 4d
"""
_FINDING = """
abnormality abscess acute aneurysm arthritis atelectasis benign bleed bleeding calcification cancer
carcinoma chronic collapse cyst cystic cysts defect degenerative dilatation disease dislocation
dissection edema effusion embolism emphysema fibrosis fluid fracture fractures graft hematoma
hemorrhage hernia implant implants infarct infarction infection inflammation injury ischemia
ischemic lesions malignant mass masses metastases metastasis metastatic nodular nodule nodules
obstruction oedema osteoarthritis osteoporosis pain plaque pneumonia pneumothorax polyp polyps
rupture sclerosis stenosis stent stone stones stroke swelling syndrome tear thrombosis thrombus
trauma tumor tumors tumour tumours ulcer viability
"""
_SMALL = """
a after all also an and are as at before between by during for from if is of off on only or per the
then to under until via additional adult pediatric paediatric child infant neonatal new old other
previous prior repeat second third routine clinical follow mono monochrome bw rgb original
secondary main auto automatic manual yes no
"""

_UNITS = """
mm cm msec ms s sec secs min mins hz khz mhz kv kvp ma mas mgy gy t tesla deg degree degrees phase
phases view views slice slices chamber chambers percent bpm ml mci mbq x
"""

UNITS: frozenset[str] = frozenset(_UNITS.split())
"""Words that let the number before them stay."""

_TERMS = """
100 192 annotation aligned area argb bilinear burned cardiac cmyk code color composite container
count dcm derived dim ellipse end enum equal event full gb18030 gbk gray hsv hu ideal identity
inverse ir iso list localized log manufacturer matrix mixed modified monochrome1 monochrome2 multi
normalized num object offset palette pname point pixel polyline process quality quantity rct
rectangle removed rgb separate sigmoid size sr step supplemental total type uidref unmodified unity
us value vector waveform ybr
"""

TERMS: frozenset[str] = frozenset(_TERMS.split())
"""Words of code strings in lower case, beside those of descriptions.

They stay although a patient is called so: without them an object may no longer be understood.
"""

WORDS: frozenset[str] = UNITS | frozenset(
    word for words in (_ANATOMY, _POSITION, _TECHNIQUE, _FINDING, _SMALL) for word in words.split()
)
"""Words in lower case that may stay in a description."""
